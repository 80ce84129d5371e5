import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, told } from '../specimen/call.ts';
import type { Specimen } from '../specimen/run-jars.ts';
import { runJars } from '../specimen/run-jars.ts';
import { maxPathParameterLength } from './route-path.ts';

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars();
});
afterAll(() => jars.close());

const fill = (body: unknown, headers: Record<string, string> = {}) =>
  call(`${jars.url}/v1/jars/a/fillings`, 'POST', body, headers);

describe('every error', () => {
  it('is a problem document with the members that RFC 9457 and CAMARA name', async () => {
    const { status, headers, body } = await call(`${jars.url}/v1/jars/none`);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toEqual({
      type: 'urn:tokengrid:problem:NOT_FOUND',
      title: 'Not found',
      status: 404,
      detail: 'no such jar: none',
      instance: '/v1/jars/none',
      code: 'NOT_FOUND',
      message: 'no such jar: none',
    });
  });

  it('has the path without the query as its instance', async () => {
    expect((await call(`${jars.url}/v1/jars/none?secret=1`)).body['instance']).toBe('/v1/jars/none');
  });

  it.each([
    ['an unknown route', 'GET', '/nope', 404, 'NOT_FOUND', 'no such path: /nope'],
    ['a method that a route has not', 'DELETE', '/v1/jars/a', 405, 'METHOD_NOT_ALLOWED', '/v1/jars/a takes GET, HEAD'],
    [
      'a path that is no UTF-8',
      'GET',
      '/v1/jars/%ff',
      400,
      'INVALID_ARGUMENT',
      'the path of the URL is malformed or too long',
    ],
    [
      'a NUL character in the path',
      'GET',
      '/v1/jars/a%00',
      400,
      'INVALID_ARGUMENT',
      'the URL contains a NUL character',
    ],
    [
      'a NUL character in the query',
      'GET',
      '/v1/jars?color=%00',
      400,
      'INVALID_ARGUMENT',
      'the URL contains a NUL character',
    ],
    [
      'a parameter that is too long',
      'GET',
      `/v1/jars/${'a'.repeat(maxPathParameterLength + 1)}`,
      400,
      'INVALID_ARGUMENT',
      'the path of the URL is malformed or too long',
    ],
  ])('names %s', async (_what, method, path, status, code, detail) => {
    const answered = await call(`${jars.url}${path}`, method);
    expect(told(answered)).toEqual({ status, code, detail });
    expect(answered.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answered.headers.get('x-correlator')).not.toBeNull();
  });

  it('is not made of a parameter that is as long as the router lets through', async () => {
    const jarId = 'ü'.repeat(maxPathParameterLength);
    const answered = await call(`${jars.url}/v1/jars/${encodeURIComponent(jarId)}`);
    expect(told(answered)).toMatchObject({ status: 404, detail: `no such jar: ${jarId}` });
  });

  it('says which methods a path takes', async () => {
    expect((await call(`${jars.url}/v1/jars/a/fillings`, 'PATCH')).headers.get('allow')).toBe('POST');
  });

  it.each([
    ['malformed JSON', '{"tokens":', {}, 400, 'INVALID_ARGUMENT', 'the body is not valid JSON'],
    [
      'a form',
      'tokens=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'unsupported media type: send JSON, with the header content-type: application/json',
    ],
    [
      'plain text',
      'x',
      { 'content-type': 'text/plain' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'unsupported media type: send JSON, with the header content-type: application/json',
    ],
  ])('names %s', async (_what, body, headers, status, code, detail) => {
    const answered = await fill(body, headers);
    expect(told(answered)).toEqual({ status, code, detail });
    expect(answered.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('names a body that is no UTF-8', async () => {
    const response = await fetch(`${jars.url}/v1/open-jar`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('7b22746f6b656e73223a22ff227d', 'hex'),
    });
    expect(await response.json()).toMatchObject({ status: 400, detail: 'the body is not UTF-8' });
  });

  it('that nobody expected is 500, logged under the correlator, and tells nothing of the inside', async () => {
    const { status, body } = await call(`${jars.url}/v1/broken`, 'GET', undefined, {
      'x-correlator': 'the-broken-one',
    });
    expect(status).toBe(500);
    expect(body).toMatchObject({
      code: 'INTERNAL',
      detail: 'unexpected error; see the-broken-one in the log',
    });
    expect(JSON.stringify(body)).not.toMatch(/SECRET|stack|\.ts/);
    const line = jars.logged.find((logged) => logged.includes('the-broken-one'));
    expect(JSON.parse(line!)).toMatchObject({
      level: 'error',
      correlator: 'the-broken-one',
      err: { message: 'SECRET of the inside', stack: expect.stringContaining('jars') },
    });
  });
});

/** Sends bytes and reads until the service closes the connection. */
async function raw(bytes: string, { url }: Specimen = jars) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  const answer = await text(socket);
  const [head, body] = answer.split('\r\n\r\n');
  return { status: Number(head!.split(' ')[1]), head, body: JSON.parse(body!) as Record<string, unknown> };
}

describe('a request that is no HTTP', () => {
  it.each([
    ['does not say whom it is for', 'GET /v1/jars HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'INVALID_ARGUMENT'],
    [
      'says so twice',
      'GET /v1/jars HTTP/1.1\r\nhost: a\r\nHost: b\r\nconnection: close\r\n\r\n',
      400,
      'INVALID_ARGUMENT',
    ],
    ['expects what nobody can', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: a-miracle\r\n\r\n', 417, 'EXPECTATION_FAILED'],
    ['wants a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
    [
      'has two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'INVALID_ARGUMENT',
    ],
    ['is not HTTP', 'hello there\r\n\r\n', 400, 'INVALID_ARGUMENT'],
    ['has a method that does not exist', 'FETCH / HTTP/1.1\r\nhost: a\r\n\r\n', 400, 'INVALID_ARGUMENT'],
    [
      'has headers that are too large',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
  ])('because it %s gets a problem document too', async (_what, bytes, status, code) => {
    const answer = await raw(bytes);
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/content-type: application\/problem\+json(; charset=utf-8)?\r\n/i);
    expect(answer.head).toMatch(/x-correlator: [\da-f-]{36}(\r\n|$)/);
    expect(answer.body).toMatchObject({ status, code, type: `urn:tokengrid:problem:${code}` });
  });
});

describe('what is no HTTP behind a request of the same connection', () => {
  const known = 'GET /nope HTTP/1.1\r\nhost: a\r\n\r\n';
  /** Answers of a connection: statuses, and whether each begins where the one before ends. */
  async function answersTo(bytes: string) {
    const socket = connect(Number(new URL(jars.url).port), '127.0.0.1');
    socket.write(bytes);
    let rest = await text(socket);
    const statuses: number[] = [];
    while (rest !== '') {
      const [head = ''] = rest.split('\r\n\r\n', 1);
      statuses.push(Number(/^HTTP\/1\.1 (\d+) /.exec(head)?.[1]));
      rest = rest.slice(head.length + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]));
    }
    return statuses;
  }

  it.each([
    ['one request', `${known}\x01\x02\r\n\r\n`, [404, 400]],
    ['several requests', `${known}${known}hello there\r\n\r\n`, [404, 404, 400]],
    [
      'a request whose body breaks off',
      `${known}POST /v1/open-jar HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n`,
      [404, 400],
    ],
  ])('is told after %s, which is answered as ever', async (_what, bytes, statuses) => {
    expect(await answersTo(bytes)).toEqual(statuses);
  });
});

it('a request that does not arrive in time gets a problem document, too', async () => {
  const impatient = await runJars({ environment: { REQUEST_TIMEOUT_MS: '200' } });
  const head = 'POST /v1/open-jar HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n';
  expect(await raw(`${head}{"tokens":`, impatient)).toMatchObject({
    status: 408,
    body: { code: 'REQUEST_TIMEOUT', detail: 'the request did not arrive in time' },
  });
  await impatient.close();
});

describe('a body that does not fit', () => {
  it.each([
    ['a number for an amount', { tokens: 5 }, '/tokens', 'must be a string, not a number'],
    ['a float for an amount', '{"tokens":1.5}', '/tokens', 'must be a string, not a number'],
    [
      'a decimal point in an amount',
      { tokens: '1.5' },
      '/tokens',
      'must be a whole number as a decimal string, such as "1250000"',
    ],
    ['a negative amount', { tokens: '-5' }, '/tokens', 'must be a whole number as a decimal string, such as "1250000"'],
    ['zero', { tokens: '0' }, '/tokens', 'must be more than zero'],
    [
      'a 40-digit amount',
      { tokens: '1'.repeat(40) },
      '/tokens',
      'must be a whole number as a decimal string, such as "1250000"',
    ],
    ['a 39-digit amount', { tokens: '1'.repeat(39) }, '/tokens', 'must not be larger than 10^30'],
    ['an unknown field', { tokens: '1', 'a/b': 1 }, '/a~1b', 'unknown field'],
    ['a field that is missing', {}, '/tokens', 'must be there'],
    ['null', 'null', '', 'must be an object, not null'],
    ['an array', [], '', 'must be an object, not a list'],
    ['a NUL character', { tokens: '1', memo: 'a\0b' }, '/memo', 'contains a NUL character'],
    ['half of a surrogate pair', '{"tokens":"1","memo":"\\ud800"}', '/memo', 'contains an unpaired surrogate'],
    ['a NUL character in a name', '{"tokens":"1","\\u0000":1}', '/\0', 'contains a NUL character'],
    ['a prototype', '{"tokens":"1","__proto__":{"x":1}}', '/__proto__', 'unknown field'],
    ['a prototype in disguise', '{"tokens":"1","\\u005f_proto__":{"x":1}}', '/__proto__', 'unknown field'],
    ...Object.getOwnPropertyNames(Object.prototype).map((name): [string, string, string, string] => [
      `an unknown field named as what every object has, ${name}`,
      `{"tokens":"1",${JSON.stringify(name)}:1}`,
      `/${name}`,
      'unknown field',
    ]),
    ['an unknown field named prototype', { tokens: '1', prototype: {} }, '/prototype', 'unknown field'],
  ])('for %s is 400 with a pointer', async (_what, body, pointer, detail) => {
    expect(told(await fill(body))).toMatchObject({
      status: 400,
      code: 'INVALID_ARGUMENT',
      errors: [{ pointer, detail }],
    });
  });

  it('lists every place', async () => {
    const { body } = await fill({ tokens: 1, memo: 'x'.repeat(41), more: 1, most: 2 });
    expect(body['errors']).toEqual([
      { pointer: '/tokens', detail: 'must be a string, not a number' },
      { pointer: '/memo', detail: 'must have at most 40 characters' },
      { pointer: '/more', detail: 'unknown field' },
      { pointer: '/most', detail: 'unknown field' },
    ]);
    expect(body['detail']).toBe('/tokens: must be a string, not a number, and 3 more');
  });

  it('fits with a byte order mark before it', async () => {
    const response = await fetch(`${jars.url}/v1/open-jar`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(`\uFEFF{"tokens":"1"}`),
    });
    expect(response.status).toBe(201);
  });

  it('because it is absent says so', async () => {
    expect(told(await call(`${jars.url}/v1/jars/a/fillings`, 'POST'))).toMatchObject({
      status: 400,
      detail: 'the body: must be there',
    });
  });

  it('because it is nested a hundred thousand times is refused, and the service lives on', async () => {
    const nested = `{"tokens":"1","memo":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(told(await fill(nested))).toMatchObject({
      status: 400,
      errors: [{ detail: 'is nested deeper than 64 levels' }],
    });
    expect((await fill({ tokens: '1' })).status).toBe(201);
  });

  it('leaves nothing behind', async () => {
    await call(`${jars.url}/v1/jars/untouched/fillings`, 'POST', { tokens: '5', unknown: true });
    expect((await call(`${jars.url}/v1/jars/untouched`)).status).toBe(404);
  });
});

describe('a query that does not fit', () => {
  it('is one of a command, which takes none: nothing is done', async () => {
    const path = '/v1/jars/queried/fillings';
    const { status, body } = await call(`${jars.url}${path}?dryRun=true&a%2Fb`, 'POST', { tokens: '5' });
    expect([status, body['code'], body['errors']]).toEqual([
      400,
      'INVALID_ARGUMENT',
      [
        { pointer: '/dryRun', detail: 'unknown field' },
        { pointer: '/a~1b', detail: 'unknown field' },
      ],
    ]);
    expect((await call(`${jars.url}/v1/jars/queried`)).status).toBe(404);
    expect((await call(`${jars.url}${path}?`, 'POST', { tokens: '5' })).status).toBe(201);
  });

  it.each([
    ['?color=green', '/color'],
    ['?colour=red', '/colour'],
  ])('as %s is 400 with a pointer', async (query, pointer) => {
    const { status, body } = await call(`${jars.url}/v1/jars${query}`);
    expect([status, body['code'], body['errors']]).toEqual([
      400,
      'INVALID_ARGUMENT',
      [{ pointer, detail: expect.any(String) }],
    ]);
  });
});

describe('a body that is encoded', () => {
  it.each(['gzip', 'br', 'identity, gzip', 'GZIP', 'aws-chunked'])(
    'as %s is 415, which says what is taken',
    async (encoding) => {
      const answered = await fill({ tokens: '1' }, { 'content-encoding': encoding });
      expect(told(answered)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
      expect(answered.headers.get('accept-encoding')).toBe('identity');
    },
  );

  it.each(['identity', 'Identity'])('as %s is taken', async (encoding) => {
    expect((await fill({ tokens: '1' }, { 'content-encoding': encoding })).status).toBe(201);
  });
});

describe('what an answer may be', () => {
  const get = (path: string, accept: string) => call(`${jars.url}${path}`, 'GET', undefined, { accept });

  it('is settled by weights, and 406 where nothing fits', async () => {
    const csv = await get('/v1/labels', 'application/json;q=0.1, text/*');
    expect(csv).toMatchObject({ status: 200, body: { accepted: 'text/csv' } });
    expect(csv.headers.get('vary')).toBe('accept');
    expect((await get('/v1/labels', 'text/csv;q=0.1, */*;q=0.2')).body).toEqual({ accepted: 'application/json' });
    expect(told(await get('/v1/labels', 'application/xml'))).toEqual({
      status: 406,
      code: 'NOT_ACCEPTABLE',
      detail: 'not acceptable: available as application/json or text/csv',
    });
    expect((await get('/v1/jars', 'text/csv')).status).toBe(406);
  });

  it('does not keep a command from being done, nor a probe from an answer', async () => {
    expect((await fill({ tokens: '1' }, { accept: 'text/csv' })).status).toBe(201);
    expect((await get('/health/live', 'text/html')).status).toBe(200);
  });
});

it.each(['?color=%ff', '?color=%', '?color=%ED%A0%80', '?color=a%00'])('a query of %s is 400', async (query) => {
  expect((await call(`${jars.url}/v1/jars${query}`)).status).toBe(400);
});

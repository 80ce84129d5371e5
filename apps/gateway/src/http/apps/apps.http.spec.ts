import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@tokengrid/service';
import { until } from '@tokengrid/service/testing';
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { readFlat } from '../../testing/held-memory.ts';
import { type RunningApps, runApps, type SpecApp, type SpecSubscriber } from '../../testing/run-apps.ts';

let running: RunningApps;
let app: SpecApp;
let subscriber: SpecSubscriber;
beforeAll(async () => {
  running = await runApps({ PUBLIC_URL: 'https://ai.operator.example', APP_FORWARDED_HEADERS: 'x-plain' });
  app = await running.app({ scopes: ['profile', 'location'], dataUse: ['shows offers nearby'] });
  subscriber = await running.subscriber(app, ['profile']);
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => running.server.reset());

const call = (path = '', init: RequestInit = {}) => running.fetch(app, subscriber.caller, path, init);
/** The token by which the app knew the caller last. */
const tokenOf = () => running.server.last.headers['x-tokengrid-caller'] as string;
const verified = async (token: string, audience = app.appId) => {
  const keys = createRemoteJWKSet(new URL(`${running.url}/.well-known/jwks.json`));
  return (await jwtVerify(token, keys, { audience, issuer: 'https://ai.operator.example' })).payload;
};
/** Status and code of a problem. */
const told = async (response: Response) => {
  const { code } = (await response.json()) as { readonly code: string };
  return [response.status, code, response.headers.get('content-type')];
};
const problem = 'application/problem+json';

describe('a request to an app', () => {
  it('goes on with its method, path, query and body, and the answer comes back with status and headers', async () => {
    running.server.answerBy((_request, response) => {
      response.writeHead(207, { 'content-type': 'text/x-tea', etag: '"1"', link: ['</a>', '</b>'] });
      response.end('tea');
    });
    const response = await call('/orders/17%2F18?size=a%20b&size=c', {
      method: 'PATCH',
      headers: { 'content-type': 'text/plain; charset=utf-16' },
      body: 'two cups',
    });
    expect(running.server.last).toMatchObject({ method: 'PATCH', url: '/orders/17%2F18?size=a%20b&size=c' });
    expect(running.server.last.headers['content-type']).toBe('text/plain; charset=utf-16');
    expect(running.server.last.body.toString()).toBe('two cups');
    expect([response.status, await response.text()]).toEqual([207, 'tea']);
    const { headers } = response;
    expect(['content-type', 'etag', 'link'].map((name) => headers.get(name))).toEqual([
      'text/x-tea',
      '"1"',
      '</a>, </b>',
    ]);
    expect(headers.get('x-request-id')).toBe(running.server.last.headers['x-request-id']);
    expect(headers.get('x-tokengrid-route')).toBe(app.appId);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'PURGE', 'QUERY'])(
    'may have the method %s',
    async (method) => {
      expect((await call('/x', { method })).status).toBe(200);
      expect(running.server.last.method).toBe(method);
    },
  );

  it('by HEAD has an answer without a body', async () => {
    running.server.answerBy((_request, response) => void response.writeHead(200, { 'content-length': '17' }).end());
    const response = await call('/x', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '17', '']);
  });

  it('reaches the endpoint itself, with its path and its query', async () => {
    const deep = await running.app({ endpoint: `${running.server.url}/base/v1/?tenant=7` });
    const { caller } = await running.subscriber(deep);
    await running.fetch(deep, caller, '?a=1');
    await running.fetch(deep, caller, '/mcp/?b=2');
    await running.fetch(deep, caller);
    expect(running.server.got.map(({ url }) => url)).toEqual([
      '/base/v1?tenant=7&a=1',
      '/base/v1/mcp/?tenant=7&b=2',
      '/base/v1?tenant=7',
    ]);
  });

  it('says who calls by a signed token, and never by the key, cookies or what the caller states', async () => {
    await call('/x', {
      headers: {
        cookie: 'session=1',
        'x-api-key': subscriber.caller.secret,
        'x-forwarded-for': '10.0.0.1',
        'x-forwarded-host': 'evil.example',
        'x-tokengrid-caller': 'me',
        'x-plain': 'goes on',
        'x-app-locale': 'en',
        'mcp-session-id': '7',
        'x-other': 'stays',
        connection: 'keep-alive, x-app-hop',
        'x-app-hop': '1',
      },
    });
    const { headers } = running.server.last;
    expect(Object.keys(headers)).toEqual(
      expect.not.arrayContaining(['authorization', 'cookie', 'x-api-key', 'x-forwarded-for', 'x-other', 'x-app-hop']),
    );
    expect(JSON.stringify(headers)).not.toContain(subscriber.caller.secret);
    expect(headers).toMatchObject({
      host: new URL(running.server.url).host,
      'x-forwarded-host': 'ai.operator.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': `/apps/${app.slug}`,
      'x-plain': 'goes on',
      'x-app-locale': 'en',
      'mcp-session-id': '7',
    });
    const token = await verified(tokenOf());
    expect(token).toEqual({
      iss: 'https://ai.operator.example',
      aud: app.appId,
      sub: expect.stringMatching(/^psn_[\w-]{43}$/),
      jti: headers['x-request-id'],
      iat: expect.any(Number),
      exp: token.iat! + 60,
      app: app.slug,
      subscription: subscriber.subscriptionId,
      plan: 'basic',
      scopes: ['profile'],
    });
    expect(decodeProtectedHeader(tokenOf())).toEqual({ alg: 'ES256', typ: 'caller+jwt', kid: expect.any(String) });
    expect(JSON.stringify(token)).not.toContain(subscriber.caller.partyId);
    await expect(verified(tokenOf(), 'app_other')).rejects.toThrow('aud');
  });

  it('has one pseudonym at an app, and another one at every other app', async () => {
    const other = await running.app();
    await running.subscriber(other, [], subscriber.caller);
    const names: (string | undefined)[] = [];
    for (const each of [app, app, other]) {
      await running.fetch(each, subscriber.caller);
      names.push((await verified(tokenOf(), each.appId)).sub);
    }
    expect([names[1] === names[0], names[2] === names[0]]).toEqual([true, false]);
  });

  it('of server-sent events is passed on event by event, and ends at the app with its caller', async () => {
    let closed = false;
    running.server.answerBy(async (_request, response) => {
      response.once('close', () => (closed = true));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      response.write('data: 1\n\n');
    });
    const leaving = new AbortController();
    const response = await call('/events', { signal: leaving.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const { value } = await response.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toBe('data: 1\n\n');
    leaving.abort();
    await until(() => Promise.resolve(closed));
  });

  it('is answered before its body ends where the app answers so, and the connection goes on', async () => {
    running.server.answerBy((_request, response) => void response.writeHead(409).end('no'), false);
    const response = await call('/x', { method: 'PUT', body: Buffer.alloc(4 * 2 ** 20) });
    expect([response.status, await response.text()]).toEqual([409, 'no']);
    expect((await call()).status).toBe(409);
  });

  it('breaks off with the app', async () => {
    running.server.answerBy((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect((await call()).text()).rejects.toThrow('terminated');
  });

  it('of tens of megabytes each way passes with flat memory, as fast as it is read', async () => {
    const [part, parts] = [Buffer.alloc(65_536, 7), 1500];
    running.server.answerBy(async (_request, response) => {
      for (let sent = 0; sent < parts; sent++)
        if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve));
      response.end();
    });
    const { size, held } = await readFlat((await call()).body);
    expect(size).toBe(parts * part.length);
    expect(held).toBeLessThan(32 * 2 ** 20);
  }, 60_000);
});

describe("an app's answer", () => {
  it('sets nothing for the origin that all apps share', async () => {
    running.server.answerBy((_request, response) => {
      response.writeHead(200, {
        'set-cookie': ['a=1; Path=/', 'b=2'],
        'strict-transport-security': 'max-age=1',
        'clear-site-data': '"*"',
        'service-worker-allowed': '/',
        'x-tokengrid-charge': '0',
        'x-correlator': 'mine',
        'x-hop': '1',
        connection: 'x-hop',
        'x-mine': 'yes',
      });
      response.end();
    });
    const { headers } = await call('/x', { headers: { 'x-correlator': 'order-17' } });
    const gone = ['set-cookie', 'strict-transport-security', 'clear-site-data', 'service-worker-allowed'];
    expect([...gone, 'x-tokengrid-charge', 'x-hop'].map((name) => headers.get(name))).toEqual(Array(6).fill(null));
    expect([headers.get('x-correlator'), headers.get('x-mine')]).toEqual(['order-17', 'yes']);
  });

  it('that redirects goes to the caller, and nothing follows it', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/';
    running.server.answerBy((_request, response) => void response.writeHead(302, { location }).end());
    const response = await call();
    expect([response.status, response.headers.get('location')]).toEqual([302, location]);
    expect(running.server.got).toHaveLength(1);
  });

  it.each([
    ['10,000 headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: tea\r\n\r\n'],
    ['nothing', ''],
  ])('of %s is 502', async (_, bytes) => {
    running.server.answerBy((request) => void request.socket.end(bytes));
    expect(await told(await call('/x', { method: 'POST' }))).toEqual([502, 'GATEWAY.APP_UNREACHABLE', problem]);
  });

  it('goes on with the bytes of its headers, whatever they say', async () => {
    running.server.answerBy((request) => {
      request.socket.end(Buffer.from('HTTP/1.1 200 OK\r\nx-name: caf\xc3\xa9\r\ncontent-length: 0\r\n\r\n', 'latin1'));
    });
    expect((await call()).headers.get('x-name')).toBe('caf\xc3\xa9');
  });
});

describe('a request that is not passed on', () => {
  it.each([
    ['/a/../b', 400],
    ['/..', 400],
    ['/a/%2e%2E/b', 400],
    ['/a/.%2e', 400],
    ['/a%2f..%2fb', 400],
    ['/a\\..\\b', 400],
    ['/a%5c..%5cb', 400],
    ['/..;x=1/b', 400],
    ['//evil.example/x', 400],
    ['/\\evil.example', 400],
    ['/%2F%2Fevil.example', 400],
    ['/a#b', 400],
    ['/a?b#c', 400],
    ['/a%00b', 400],
    ['/a%zz', 400],
    ['/a?b=%ff', 400],
  ])('has the path %s', async (path, status) => {
    const answer = await running.raw(
      `GET /apps/${app.slug}${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${subscriber.caller.secret}\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(running.server.got).toEqual([]);
  });

  it('passes in absolute form to the app alone that its path names', async () => {
    const answer = await running.raw(
      `GET http://169.254.169.254/apps/${app.slug}/x HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${subscriber.caller.secret}\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(running.server.got.map(({ url }) => url)).toEqual(['/x']);
  });

  it.each([
    ['two lengths', 'content-length: 4\r\ncontent-length: 5\r\n'],
    ['a length and chunks', 'content-length: 4\r\ntransfer-encoding: chunked\r\n'],
    ['chunks that are none', 'transfer-encoding: chunked, identity\r\n'],
    ['a header with a line break', 'x-app-a: b\rc: d\r\n'],
  ])('has %s', async (_, headers) => {
    const head = `POST /apps/${app.slug}/x HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${subscriber.caller.secret}\r\n`;
    expect(await running.raw(`${head}${headers}\r\n0\r\n\r\nGET`)).toMatch(/^HTTP\/1\.1 400/);
    expect(running.server.got).toEqual([]);
  });

  it('is larger than 20 MiB: said before it is read, or as soon as it is known', async () => {
    const body = Buffer.alloc(20 * 2 ** 20 + 1);
    expect(await told(await call('/x', { method: 'PUT', body }))).toEqual([413, 'PAYLOAD_TOO_LARGE', problem]);
    expect(running.server.got).toEqual([]);
    const chunks = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(2 ** 20));
      },
    });
    const streamed = await call('/x', { method: 'PUT', body: chunks, duplex: 'half' } as RequestInit);
    expect(await told(streamed)).toEqual([413, 'PAYLOAD_TOO_LARGE', problem]);
  }, 30_000);

  it('has no key, or one that is not known', async () => {
    expect(await told(await fetch(`${running.url}/apps/${app.slug}`))).toEqual([401, 'UNAUTHENTICATED', problem]);
    const nobody = { secret: 'unknown', partyId: 'sub_1' };
    expect(await told(await running.fetch(app, nobody))).toEqual([401, 'UNAUTHENTICATED', problem]);
  });

  it('is for no app that is there', async () => {
    const unknown = [404, 'GATEWAY.UNKNOWN_APP', problem];
    expect(await told(await running.fetch({ ...app, slug: 'no-such-app' }, subscriber.caller))).toEqual(unknown);
    expect(await told(await running.fetch({ ...app, slug: '%00'.slice(0, 2) + 'A' }, subscriber.caller))).toEqual(
      unknown,
    );
    const later = await running.app();
    await running.publish(later, {}, 2, '9000-01-01T00:00:00.000Z');
    expect((await running.fetch(later, (await running.subscriber(later)).caller)).status).toBe(200);
  });

  it('comes from a party without a subscription, or without a consent, or is for a suspended app', async () => {
    const { caller } = await running.subscriber(app, []);
    expect(await told(await running.fetch(app, running.party()))).toEqual([403, 'GATEWAY.NOT_SUBSCRIBED', problem]);
    expect(await told(await running.fetch(app, running.operator))).toEqual([403, 'GATEWAY.NOT_SUBSCRIBED', problem]);
    expect(await told(await running.fetch(app, caller))).toEqual([403, 'GATEWAY.CONSENT_MISSING', problem]);
    const other = await running.app();
    const its = await running.subscriber(other);
    await running.suspend(other);
    expect(await told(await running.fetch(other, its.caller))).toEqual([403, 'GATEWAY.APP_SUSPENDED', problem]);
  });

  it('comes by a key that names other apps', async () => {
    const secret = newId('secret');
    const { partyId } = subscriber.caller;
    running.ground.keys.add(secret, { partyId, partyKind: 'subscriber', rights: { apps: ['tea-shop'] } });
    const refused = await running.fetch(app, { secret, partyId });
    expect(await told(refused)).toEqual([403, 'GATEWAY.APP_NOT_ALLOWED', problem]);
  });

  it.each([
    ['an internal address', 'http://127.0.0.1:1'],
    ['a metadata service', 'http://169.254.169.254/latest'],
    ['a name that leads inside', 'http://localhost:1'],
  ])('is for an app at %s', async (_, endpoint) => {
    const inside = await running.app({ endpoint });
    const { caller } = await running.subscriber(inside);
    expect(await told(await running.fetch(inside, caller))).toEqual([502, 'GATEWAY.APP_UNREACHABLE', problem]);
    expect(running.logged.at(-1)).toContain('EndpointRefused');
  });
});

it('the keys are published as a set, without anything secret', async () => {
  const { keys } = (await (await fetch(`${running.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
  await call();
  await jwtVerify(tokenOf(), createLocalJWKSet({ keys } as never));
});

it('no log has a key, a token or what was asked', () => {
  const log = running.logged.join('\n');
  for (const secret of [subscriber.caller.secret, 'two cups', 'eyJ']) expect(log).not.toContain(secret);
});

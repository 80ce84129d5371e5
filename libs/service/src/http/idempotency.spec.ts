import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { commandIdOf } from '@tokengrid/contracts';
import { keyScopeOf, operatorPrincipal } from '../auth/principal.ts';
import type { Answered, SomeHeaders } from '../specimen/call.ts';
import { call, told } from '../specimen/call.ts';
import { SealedJars } from '../specimen/jars.ts';
import { addKey, operatorApiKey, runJars } from '../specimen/run-jars.ts';
import type { Specimen } from '../specimen/run-jars.ts';

const answerTimeoutMs = 400;
const operator = keyScopeOf(operatorPrincipal);
const nobody = { authorization: undefined };

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars({ environment: { ANSWER_TIMEOUT_MS: String(answerTimeoutMs) } });
});
afterEach(() => {
  jars.world.kafka.away = false;
});
afterAll(() => jars.close());

const post = (path: string, body: unknown, key?: string, headers: SomeHeaders = {}): Promise<Answered> =>
  call(`${jars.url}${path}`, 'POST', body, { ...(key !== undefined && { 'idempotency-key': key }), ...headers });
const fill = (key: string | undefined, tokens = '1', jar = 'a') => post(`/v1/jars/${jar}/fillings`, { tokens }, key);
const answerOf = ({ status, body }: Answered) => ({ status, body });
const tokensIn = async (jar: string) => (await call(`${jars.url}/v1/jars/${jar}`)).body['tokens'];
const operatorCommand = (path: string, key: string) => `/v1/commands/${commandIdOf(operator, 'POST', path, key)}`;

/** Asks until the answer is not 202 any more. */
async function outcomeAt(path: string, headers: SomeHeaders = {}): Promise<Answered> {
  for (;;) {
    const answered = await call(`${jars.url}${path}`, 'GET', undefined, headers);
    if (answered.status !== 202) return answered;
  }
}

describe('a repeat', () => {
  it('gets the status and body of the first, and changes nothing', async () => {
    const first = await fill('k1', '5', 'repeat');
    const second = await fill('k1', '5', 'repeat');
    expect(first.status).toBe(201);
    expect(answerOf(second)).toEqual(answerOf(first));
    expect(await tokensIn('repeat')).toBe('5');
  });

  it('of what was refused is refused the same way, though by now it would not be', async () => {
    const take = () => post('/v1/jars/refused/emptyings', { tokens: '7' }, 'take');
    const first = await take();
    await fill('k', '100', 'refused');
    expect(answerOf(await take())).toEqual(answerOf(first));
    expect(first.body).toEqual({
      type: 'urn:tokengrid:problem:JAR.INSUFFICIENT_TOKENS',
      title: 'Insufficient tokens',
      status: 409,
      detail: 'insufficient tokens: 0 µAIT in the jar',
      instance: operatorCommand('/v1/jars/refused/emptyings', 'take'),
      code: 'JAR.INSUFFICIENT_TOKENS',
      message: 'insufficient tokens: 0 µAIT in the jar',
      available: '0',
      required: '7',
    });
  });

  it('with another body is 422, and names no command', async () => {
    await fill('k2', '5');
    const other = await fill('k2', '6');
    expect(told(other)).toEqual({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
      detail: 'this Idempotency-Key was used with another body',
    });
    expect(JSON.stringify(other.body)).not.toContain(commandIdOf(operator, 'POST', '/v1/jars/a/fillings', 'k2'));
  });

  it('is one though its members are in another order, with other white space', async () => {
    const first = await post('/v1/jars/a/fillings', '{"tokens":"1","memo":"m"}', 'k3');
    const second = await post('/v1/jars/a/fillings', ' { "memo" : "m",\n"tokens":"1" }', 'k3');
    expect(answerOf(second)).toEqual(answerOf(first));
  });

  it('is one though its path is encoded in another way', async () => {
    const first = await fill('k1', '5', 'en_coded');
    expect(answerOf(await fill('k1', '5', 'en%5Fc%6fded'))).toEqual(answerOf(first));
    expect(await tokensIn('en_coded')).toBe('5');
  });

  it.each([
    '/v1/jars/%73trange/fillings',
    '/v1/%6Aars/strange/fillings',
    '/v1/jars/strange/fillings?',
    '/v1/jars/strange/fillings#there',
  ])('is one though it was sent to %s', async (path) => {
    const first = await fill('k5', '5', 'strange');
    expect(first.status).toBe(201);
    expect(await raw(path, ['Idempotency-Key: k5'])).toMatchObject({ status: 201, body: first.body });
  });

  it('gets the first answer though a look-up would refuse the command by now, and no command is taken', async () => {
    const sealed = jars.app.get(SealedJars).ids;
    const first = await fill('k6', '5', 'sealed');
    sealed.add('sealed');
    expect((await fill('k7', '5', 'sealed')).status).toBe(404);
    expect((await fill(undefined, '5', 'sealed')).status).toBe(404);
    expect(answerOf(await fill('k6', '5', 'sealed'))).toEqual(answerOf(first));
    expect((await fill('k6', '6', 'sealed')).status).toBe(422);
    expect(await tokensIn('sealed')).toBe('5');
  });

  it('has a scope: another path, another party, or no key at all is another command', async () => {
    addKey(jars, 'other', { partyId: 'org_other', scopes: ['wallet:transfers:write', 'wallet:balances:read'] });
    await fill('k4', '1', 'scope');
    await post('/v1/jars/scope/fillings', { tokens: '1' }, 'k4', { authorization: 'Bearer other' });
    await post('/v1/jars/scope/fillings?x=1', { tokens: '1' }, 'k4');
    await fill(undefined, '1', 'scope');
    await fill(undefined, '1', 'scope');
    expect(await tokensIn('scope')).toBe('4');
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['one character', 'k', 201],
    ['255 characters', 'k'.repeat(255), 201],
    ['255 characters of UTF-8', Buffer.from('ü'.repeat(255)).toString('latin1'), 201],
    ['256 characters', 'k'.repeat(256), 400],
    ['256 characters of UTF-8', Buffer.from('ü'.repeat(256)).toString('latin1'), 400],
    ['255 characters of two UTF-16 units', Buffer.from('🪙'.repeat(255)).toString('latin1'), 201],
    ['256 characters of two UTF-16 units', Buffer.from('🪙'.repeat(256)).toString('latin1'), 400],
    ['none', '', 400],
  ])('of %s', async (_length, key, status) => {
    const answered = await fill(key);
    expect(answered.status).toBe(status);
    if (status === 400) {
      expect(answered.body['detail']).toBe('the header Idempotency-Key must have 1 to 255 characters');
    }
  });
});

it.each(['Idempotency-Key: a', 'idempotency-key: b', 'IDEMPOTENCY-KEY:'])(
  'an Idempotency-Key beside another one (%s) is 400, whatever a route does with it',
  async (other) => {
    const detail = expect.stringMatching(/^repeated header Idempotency-Key$/i);
    for (const path of ['/v1/jars/two/fillings', '/v1/fillings:batch'])
      expect(await raw(path, ['Idempotency-Key: a', other])).toMatchObject({ status: 400, body: { detail } });
  },
);

/** Posts a filling with a path and header lines sent as they are. */
async function raw(path: string, headers: readonly string[]) {
  const body = '{"tokens":"5"}';
  const socket = connect(Number(new URL(jars.url).port), '127.0.0.1');
  const head = [
    `POST ${path} HTTP/1.1`,
    ...['host: jars', 'connection: close', `authorization: Bearer ${operatorApiKey}`],
    ...['content-type: application/json', `content-length: ${body.length}`, ...headers],
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  const [answerHead = '', answerBody = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(answerHead.split(' ')[1]), body: JSON.parse(answerBody) as Answered['body'] };
}

describe('while Kafka is away', () => {
  it('a command is answered 202 in time, with a place where its outcome will be, in the end with the same status and body', async () => {
    jars.world.kafka.away = true;
    const pending = await fill('away', '3', 'away');
    const location = operatorCommand('/v1/jars/away/fillings', 'away');
    const body = { commandId: location.split('/').at(-1), status: 'pending' };
    expect(answerOf(pending)).toEqual({ status: 202, body });
    expect(pending.headers.get('location')).toBe(location);
    expect(answerOf(await call(`${jars.url}${location}`))).toEqual({ status: 202, body });
    expect(answerOf(await fill('away', '3', 'away'))).toEqual({ status: 202, body });

    jars.world.kafka.away = false;
    const outcome = await outcomeAt(location);
    expect(outcome).toMatchObject({ status: 201, body: { jarId: 'away', tokens: '3' } });
    expect(answerOf(await fill('away', '3', 'away'))).toEqual(answerOf(outcome));
    expect(await tokensIn('away')).toBe('3');
  });

  it('a repeat that comes while the first is in flight waits, then is 409 with Retry-After', async () => {
    jars.world.kafka.away = true;
    const start = performance.now();
    const first = fill('flight');
    const repeat = await until409(() => fill('flight'));
    expect(told(repeat)).toEqual({
      status: 409,
      code: 'IDEMPOTENCY_KEY_IN_FLIGHT',
      detail: 'the first request with this key is still in flight',
    });
    expect(repeat.headers.get('retry-after')).toBe('1');
    expect(performance.now() - start).toBeGreaterThanOrEqual(answerTimeoutMs - 5);
    expect((await first).status).toBe(202);
  });
});

/**
 * Asks for the outcome until it is in flight: a repeat may overtake the first request, and is then
 * the first.
 */
async function until409(repeat: () => Promise<Answered>): Promise<Answered> {
  const answers = await Promise.all([repeat(), repeat()]);
  return answers.find(({ status }) => status === 409)!;
}

describe('GET /v1/commands/{id}', () => {
  it('gives the status and body that the command was answered with', async () => {
    const filled = await fill('c1', '9', 'c');
    const refused = await post('/v1/jars/c/emptyings', { tokens: '10' }, 'c2');
    const get = (path: string, key: string) => call(`${jars.url}${operatorCommand(path, key)}`);
    expect(answerOf(await get('/v1/jars/c/fillings', 'c1'))).toEqual(answerOf(filled));
    expect(answerOf(await get('/v1/jars/c/emptyings', 'c2'))).toEqual(answerOf(refused));
  });

  it.each([
    ['an id that is none', 'none'],
    ['a command of mine that never came', commandIdOf(operator, 'POST', '/never', 'x')],
  ])('is 404 for %s', async (_what, id) => {
    expect(told(await call(`${jars.url}/v1/commands/${id}`))).toEqual({
      status: 404,
      code: 'NOT_FOUND',
      detail: `no such command of yours: ${id}`,
    });
  });

  it("is 404 for another party's command", async () => {
    addKey(jars, 'thief', { partyId: 'org_thief', scopes: [] });
    await fill('c3');
    const path = operatorCommand('/v1/jars/a/fillings', 'c3');
    const answered = await call(`${jars.url}${path}`, 'GET', undefined, { authorization: 'Bearer thief' });
    expect(answered.status).toBe(404);
    expect((await call(`${jars.url}${path}`)).status).toBe(201);
  });

  it("leads an anonymous sender to its outcome, by an id that can't be computed from the key", async () => {
    jars.world.kafka.away = true;
    const pending = await post('/v1/open-jar', { tokens: '1' }, '1', nobody);
    jars.world.kafka.away = false;
    const location = pending.headers.get('location')!;
    expect(location).not.toContain(commandIdOf('anonymous', 'POST', '/v1/open-jar', '1'));
    // Readers of the topic know the command's id: without the proof it leads nowhere.
    expect((await call(`${jars.url}${location.split('.')[0]}`, 'GET', undefined, nobody)).status).toBe(404);
    expect((await call(`${jars.url}${location.slice(0, -1)}_`, 'GET', undefined, nobody)).status).toBe(404);
    const outcome = await outcomeAt(location, nobody);
    expect(outcome).toMatchObject({ status: 201, body: { jarId: 'open', tokens: '1' } });
    expect(answerOf(await post('/v1/open-jar', { tokens: '1' }, '1', nobody))).toEqual(answerOf(outcome));
  });

  it('is 401 with a key that is not good', async () => {
    const path = operatorCommand('/v1/jars/a/fillings', 'c3');
    expect((await call(`${jars.url}${path}`, 'GET', undefined, { authorization: 'Bearer bad' })).status).toBe(401);
  });
});

it('a full queue is 503 with Retry-After, and takes commands again later', async () => {
  const small = await runJars({ environment: { MAX_WAITING_COMMANDS: '1', ANSWER_TIMEOUT_MS: '300' } });
  small.world.kafka.away = true;
  const path = `${small.url}/v1/jars/full/fillings`;
  const answers = await Promise.all([1, 2, 3].map(() => call(path, 'POST', { tokens: '1' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 503, 503]);
  const refused = answers.find(({ status }) => status === 503)!;
  expect(told(refused)).toEqual({
    status: 503,
    code: 'UNAVAILABLE',
    detail: 'too many waiting commands; try again soon',
  });
  expect(refused.headers.get('retry-after')).toBe('1');
  small.world.kafka.away = false;
  expect((await call(path, 'POST', { tokens: '1' })).status).toBe(201);
  await small.close();
});

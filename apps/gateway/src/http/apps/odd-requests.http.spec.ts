import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningApps, runApps, type SpecApp, type SpecSubscriber } from '../../testing/run-apps.ts';

let running: RunningApps;
let app: SpecApp;
let subscriber: SpecSubscriber;
beforeAll(async () => {
  running = await runApps();
  app = await running.app();
  subscriber = await running.subscriber(app);
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => running.server.reset());

/** Sends a request line with headers and a body; the connection closes after its answer. */
const raw = (line: string, headers: readonly string[] = [], body = '') => {
  const all = ['host: a', `authorization: Bearer ${subscriber.caller.secret}`, ...headers];
  return running.raw(`${line.replace(/\/app(?!s)/, `/apps/${app.slug}`)}\r\n${all.join('\r\n')}\r\n\r\n${body}`);
};
const closing = 'connection: close';

describe('a request of an unusual form', () => {
  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'REPORT'])('by %s has its body passed on', async (method) => {
    const answer = await raw(`${method} /app/x HTTP/1.1`, [closing, 'content-length: 4'], 'body');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(running.server.last).toMatchObject({ method, body: Buffer.from('body') });
    const chunked = ['transfer-encoding: chunked', closing];
    await raw(`${method} /app/x HTTP/1.1`, chunked, '2\r\nab\r\n1;x=y\r\nc\r\n0\r\nx-trailer: 1\r\n\r\n');
    expect(running.server.last).toMatchObject({ method, body: Buffer.from('abc') });
    expect(running.server.got).toHaveLength(2);
  });

  it('without a body has none at the app, whatever its method', async () => {
    for (const method of ['POST', 'PUT', 'GET', 'DELETE']) {
      for (const headers of [[closing], [closing, 'content-length: 0']]) {
        expect(await raw(`${method} /app/x HTTP/1.1`, headers)).toMatch(/^HTTP\/1\.1 200 /);
        expect(running.server.last.body).toHaveLength(0);
        expect(running.server.last.headers['transfer-encoding']).toBe(undefined);
      }
    }
  });

  it('that waits for 100-continue gets it, and then its answer', async () => {
    const answer = await raw('PUT /app/x HTTP/1.1', [closing, 'expect: 100-continue', 'content-length: 2'], 'ab');
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    expect(running.server.last).toMatchObject({ body: Buffer.from('ab') });
    expect(running.server.last.headers['expect']).toBe(undefined);
  });

  it('of HTTP/1.0 is answered without chunks', async () => {
    running.server.answerBy((_request, response) => {
      response.write('one ');
      response.end('two');
    });
    const answer = await raw('GET /app/x HTTP/1.0');
    expect(answer.toLowerCase()).not.toContain('transfer-encoding');
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\none two$/);
  });

  it('has a path as long as one may be, and characters of any language', async () => {
    const path = `/${'a'.repeat(120)}/%E8%8C%B6${'/long'.repeat(2000)}`;
    expect(await raw(`GET /app${path} HTTP/1.1`, [closing])).toMatch(/^HTTP\/1\.1 200 /);
    expect(running.server.last.url).toBe(path);
  });

  it.each([
    ['two hosts', 'GET /app/x HTTP/1.1', ['host: b', closing], 400],
    ['headers without an end', 'GET /app/x HTTP/1.1', [`x-app-long: ${'a'.repeat(20_000)}`, closing], 431],
    ['a slug in capitals', 'GET /apps/TEA-SHOP/x HTTP/1.1', [closing], 404],
    ['a slug of no app, though long', `GET /apps/${'a'.repeat(200)}/x HTTP/1.1`, [closing], 404],
    ['a slug without an end', `GET /apps/${'a'.repeat(2000)}/x HTTP/1.1`, [closing], 400],
    ['no slug', 'GET /apps//x HTTP/1.1', [closing], 404],
    ['a slash that is encoded', 'GET /apps%2Ftea-shop/x HTTP/1.1', [closing], 404],
    ['a method that is none', 'TEA /app/x HTTP/1.1', [closing], 400],
    ['the wish to be a tunnel', 'CONNECT /app/x HTTP/1.1', [closing], 405],
  ])('with %s reaches no app', async (_, line, headers, status) => {
    expect(await raw(line, headers)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json`));
    expect(running.server.got).toEqual([]);
  });

  it('is the second one of a connection', async () => {
    running.server.answerBy((request, response) => void response.end(request.url));
    const first = `POST /apps/${app.slug}/1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${subscriber.caller.secret}\r\ncontent-length: 2\r\n\r\nab`;
    const answers = await running.raw(`${first}${first.replace('/1 ', '/2 ').replace('host', `${closing}\r\nhost`)}`);
    expect(answers).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n\/1HTTP\/1\.1 200 [^]*\r\n\r\n\/2$/);
    // Both run at once, as with any server of Node's; their answers come in order.
    expect(running.server.got.map(({ url, body }) => `${url} ${body}`).sort()).toEqual(['/1 ab', '/2 ab']);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { WebSocket } from 'undici';
import { type RunningApps, runApps, type SpecApp, type SpecSubscriber } from '../../testing/run-apps.ts';
import { CallerSocket, echoFrames, takeSockets } from '../../testing/sockets.ts';

let running: RunningApps;
let app: SpecApp;
let subscriber: SpecSubscriber;
beforeAll(async () => {
  running = await runApps({ APP_IDLE_MS: '2000', APP_REQUESTS_PER_SUBSCRIPTION: '3' });
  app = await running.app();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(async () => {
  running.server.reset();
  subscriber = await running.subscriber(app);
});

const ask = (path = '/ws', more: { readonly headers?: string; readonly first?: string } = {}) =>
  CallerSocket.ask(running.url, `/apps/${app.slug}${path}`, subscriber.caller.secret, more);

describe('a WebSocket', () => {
  it('is opened by its own client, and passes messages both ways', async () => {
    const sockets = takeSockets(running.server, 'sec-websocket-protocol: tea\r\n');
    const url = `${running.url.replace('http', 'ws')}/apps/${app.slug}/ws?a=1`;
    const socket = new WebSocket(url, {
      protocols: ['tea'],
      headers: { authorization: `Bearer ${subscriber.caller.secret}`, cookie: 'a=1' },
    });
    const messages: unknown[] = [];
    socket.addEventListener('message', ({ data }) => messages.push(data));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    echoFrames(sockets[0]!);
    socket.send('one');
    await until(() => Promise.resolve(messages.length === 1));
    socket.send('two');
    await until(() => Promise.resolve(messages.length === 2));
    expect([messages, socket.protocol]).toEqual([['one', 'two'], 'tea']);
    const { headers, url: path } = sockets[0]!.request;
    expect(path).toBe('/ws?a=1');
    expect(headers).toMatchObject({
      'sec-websocket-version': '13',
      'x-tokengrid-caller': expect.stringMatching(/^eyJ/),
    });
    expect([headers.authorization, headers.cookie]).toEqual([undefined, undefined]);
    sockets[0]!.socket.destroy();
    await until(() => Promise.resolve(socket.readyState === WebSocket.CLOSED));
  });

  it('passes bytes on that come with the request, and what one side sent before it closed', async () => {
    const sockets = takeSockets(running.server);
    const caller = ask('/ws', { first: 'early' });
    await caller.has('\r\n\r\n');
    expect(caller.text).toMatch(/^HTTP\/1\.1 101 /);
    await until(() => Promise.resolve(sockets[0]!.text() === 'early'));
    sockets[0]!.socket.end('late'.repeat(100_000));
    await caller.closed();
    expect(caller.text.split('\r\n\r\n')[1]).toBe('late'.repeat(100_000));
  });

  it('waits for the side that reads slowly', async () => {
    const sockets = takeSockets(running.server);
    const caller = ask();
    await caller.has('\r\n\r\n');
    caller.socket.pause();
    const part = Buffer.alloc(2 ** 20, 'a');
    let sent = 0;
    const { socket } = sockets[0]!;
    while (sent < 200 && socket.write(part)) sent++;
    const isStuck = await until(() => Promise.resolve(socket.writableNeedDrain));
    expect(isStuck).toBe(true);
    caller.socket.destroy();
    await until(() => Promise.resolve(sockets[0]!.isClosed()));
  });

  it.each(['caller', 'app'] as const)('ends at one side as the %s ends it', async (side) => {
    const sockets = takeSockets(running.server);
    const caller = ask();
    await caller.has('\r\n\r\n');
    if (side === 'caller') caller.socket.destroy();
    else sockets[0]!.socket.destroy();
    await until(() => Promise.resolve(caller.isClosed && sockets[0]!.isClosed()));
  });

  it('ends where nothing is said for too long, and not before', async () => {
    const sockets = takeSockets(running.server);
    const caller = ask();
    await caller.has('\r\n\r\n');
    const begun = performance.now();
    await caller.closed();
    expect(performance.now() - begun).toBeGreaterThan(1500);
    expect(sockets).toHaveLength(1);
  });

  it('is refused with the status and body of the app', async () => {
    running.server.server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 2\r\nx-mine: yes\r\n\r\nno');
    });
    const caller = ask();
    await caller.closed();
    expect(caller.text).toMatch(/^HTTP\/1\.1 426 [^]*x-mine: yes[^]*\r\n\r\nno$/);
  });

  it.each([
    ['/ws/../x', 400, 'INVALID_ARGUMENT'],
    ['', 401, 'UNAUTHENTICATED'],
  ])('to %s is refused with %i', async (path, status, code) => {
    const secret = status === 401 ? 'unknown' : subscriber.caller.secret;
    const caller = CallerSocket.ask(running.url, `/apps/${app.slug}${path}`, secret);
    await caller.closed();
    expect(caller.text).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json[^]*"code":"${code}"`));
  });

  it('that was refused leaves no connection open, even if its caller does not close it', async () => {
    const path = `/apps/${app.slug}/ws`;
    const caller = CallerSocket.ask(running.url, path, 'unknown', { isHalfOpen: true });
    await caller.has('UNAUTHENTICATED');
    await until(() => {
      if (!caller.isClosed) caller.socket.write('x');
      return Promise.resolve(caller.isClosed);
    });
  });

  it('beyond those that a subscription may have is refused with 429', async () => {
    takeSockets(running.server);
    const callers = [ask(), ask(), ask()];
    await Promise.all(callers.map((caller) => caller.has('\r\n\r\n')));
    const beyond = await running.fetch(app, subscriber.caller);
    expect([beyond.status, beyond.headers.get('retry-after')]).toEqual([429, '1']);
    for (const { socket } of callers) socket.destroy();
    await until(async () => (await running.fetch(app, subscriber.caller)).status === 200);
  });
});

it('an upgrade elsewhere, or to something else, is an ordinary request', async () => {
  const head = `host: a\r\nauthorization: Bearer ${subscriber.caller.secret}\r\nconnection: close, upgrade\r\n`;
  expect(await running.raw(`GET /health/live HTTP/1.1\r\n${head}upgrade: websocket\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 200/,
  );
  const h2c = await running.raw(`GET /apps/${app.slug}/x HTTP/1.1\r\n${head}upgrade: h2c\r\n\r\n`);
  expect(h2c).toMatch(/^HTTP\/1\.1 200/);
  expect(running.server.last.headers.upgrade).toBe(undefined);
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { type RunningApps, runApps, type SpecApp, type SpecSubscriber } from '../../testing/run-apps.ts';
import { CallerSocket, takeSockets } from '../../testing/sockets.ts';

let running: RunningApps;
beforeAll(async () => {
  running = await runApps();
  running.server.answerBy((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
}, 120_000);
afterAll(() => running.close(), 60_000);

/** Time within which what is not allowed any more has to end, in milliseconds. */
const heldWithinMs = 1000;

/** A stream and a WebSocket of a subscriber, both of which run. */
async function runningCalls(app: SpecApp, { caller }: SpecSubscriber) {
  const sockets = takeSockets(running.server);
  const socket = CallerSocket.ask(running.url, `/apps/${app.slug}/ws`, caller.secret);
  const response = await running.fetch(app, caller, '/events');
  const reader = response.body!.getReader();
  await Promise.all([reader.read(), socket.has('\r\n\r\n')]);
  const ended = reader.read().then(
    () => 'ended',
    () => 'cut',
  );
  return { sockets, socket, ended };
}

const withScopes = { scopes: ['profile', 'location'], dataUse: ['shows offers nearby'] };

describe('a stream and a WebSocket that run end within a second', () => {
  it.each([
    ['a scope that they had is withdrawn', 200, (app, subscriber) => running.consent(app, subscriber, ['location'])],
    ['the consent is withdrawn', 403, (app, subscriber) => running.consent(app, subscriber, [])],
    ['the subscription has ended', 403, (app, subscriber) => running.unsubscribe(app, subscriber)],
    ['the app is suspended', 403, (app) => running.suspend(app)],
    [
      'the key is revoked',
      401,
      async (_, { caller: { secret, partyId } }) => {
        const secretHash = createHash('sha256').update(secret).digest('hex');
        const [row] = await running.ground.keys.find([secretHash]);
        running.ground.keys.add(secret, { ...row!, partyId, revoked: true });
      },
    ],
    [
      'the key expires',
      401,
      async (_, { caller: { secret, partyId } }) => {
        const secretHash = createHash('sha256').update(secret).digest('hex');
        const [row] = await running.ground.keys.find([secretHash]);
        running.ground.keys.add(secret, { ...row!, partyId, expiresAt: Date.now() + 1 });
      },
    ],
  ] satisfies readonly (readonly [string, number, (app: SpecApp, subscriber: SpecSubscriber) => Promise<void>])[])(
    'where %s',
    async (_, status, withdraw) => {
      const app = await running.app(withScopes);
      const subscriber = await running.subscriber(app, withScopes.scopes);
      const { socket, sockets, ended } = await runningCalls(app, subscriber);
      const at = performance.now();
      await withdraw(app, subscriber);
      expect(await ended).toBe('cut');
      await socket.closed();
      await until(() => Promise.resolve(sockets.every((each) => each.isClosed())));
      expect(performance.now() - at).toBeLessThan(heldWithinMs);
      const again = await running.fetch(app, subscriber.caller);
      await again.body!.cancel();
      expect(again.status).toBe(status);
    },
  );

  it('and not where nothing that they need has changed', async () => {
    const app = await running.app(withScopes);
    const [subscriber, other] = [
      await running.subscriber(app, ['profile']),
      await running.subscriber(app, ['profile']),
    ];
    const [stays, ends] = [await runningCalls(app, subscriber), await runningCalls(app, other)];
    await running.consent(app, subscriber, ['profile', 'location']);
    await running.publish(app, withScopes, 2);
    // The other one's end shows that what runs was checked after these changes.
    await running.unsubscribe(app, other);
    await ends.socket.closed();
    expect(stays.socket.isClosed).toBe(false);
    stays.socket.socket.destroy();
  });
});

describe('a withdrawn scope', () => {
  it('is in no token of a request that comes a second later', async () => {
    const app = await running.app(withScopes);
    const subscriber = await running.subscriber(app, withScopes.scopes);
    const scopes = async () => {
      await (await running.fetch(app, subscriber.caller)).body!.cancel();
      const [, claims] = (running.server.last.headers['x-tokengrid-caller'] as string).split('.');
      return (JSON.parse(Buffer.from(claims!, 'base64url').toString()) as { scopes: string[] }).scopes;
    };
    expect(await scopes()).toEqual(['profile', 'location']);
    await running.consent(app, subscriber, ['location']);
    const at = performance.now();
    await until(async () => (await scopes()).join() === 'location');
    expect(performance.now() - at).toBeLessThan(heldWithinMs);
  });
});

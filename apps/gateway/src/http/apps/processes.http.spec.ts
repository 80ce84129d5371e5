import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf, type RunningService } from '@tokengrid/service';
import { until } from '@tokengrid/service/testing';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { DataSource } from 'typeorm';
import { KeyPublication } from '../../apps/key-publication.ts';
import { SigningKeys } from '../../apps/signing-keys.ts';
import { EdgeWorld } from '../../testing/edge-world.ts';
import { type RunningApps, runApps, type SpecApp, startAppsOn } from '../../testing/run-apps.ts';
import { CallerSocket, takeSockets } from '../../testing/sockets.ts';

let running: RunningApps;
let other: RunningService;
let app: SpecApp;
const settings = () => ({ ALLOWED_ENDPOINTS: running.server.url, DRAIN_MS: '50', SHUTDOWN_TIMEOUT_MS: '5000' });
beforeAll(async () => {
  running = await runApps();
  other = await startAppsOn(running.ground, running.purse, settings());
  app = await running.app({ scopes: ['profile'], dataUse: ['greets by name'] });
}, 120_000);
afterAll(async () => {
  await other.close();
  await running.close();
}, 60_000);

const published = async (url: string) => {
  const response = await fetch(`${url}/.well-known/jwks.json`);
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  return ((await response.json()) as { readonly keys: readonly { readonly kid: string }[] }).keys;
};
const keyIds = async (url: string) => (await published(url)).map(({ kid }) => kid);
const look = async () => {
  await running.instance(SigningKeys).look();
  await other.app.get(SigningKeys).look();
};
/** Ids of the keys that events state, in their order. */
const stated = () =>
  new EdgeWorld(running.ground)
    .said()
    .flatMap(({ type, data }) =>
      String(type) === 'CallerKeyPublished' ? [(data as unknown as { readonly keyId: string }).keyId] : [],
    );
const publish = () =>
  Promise.all([running.instance(KeyPublication), other.app.get(KeyPublication)].map((each) => each.publish()));
/** Moves the begin of all keys into the past. */
const age = (ms: number) =>
  poolOf(running.service.app.get(DataSource)).query(
    `update app_signing_keys set signs_from = signs_from - $1::float8 * interval '1 millisecond'`,
    [ms],
  );

describe('two processes', () => {
  it('publish and sign with the same keys', async () => {
    expect(await keyIds(running.url)).toEqual(await keyIds(other.url));
    const { caller } = await running.subscriber(app, ['profile']);
    await fetch(`${other.url}/apps/${app.slug}`, { headers: { authorization: `Bearer ${caller.secret}` } });
    const token = running.server.last.headers['x-tokengrid-caller'] as string;
    const key = (await published(running.url)).find(({ kid }) => kid === decodeProtectedHeader(token).kid);
    expect((await jwtVerify(token, await importJWK(key!, 'ES256'))).payload).toMatchObject({ aud: app.appId });
  });

  it('state their key in one event', async () => {
    await until(() => Promise.resolve(stated().length > 0));
    await publish();
    expect(stated()).toEqual(await keyIds(running.url));
  });

  it('both end what runs within a second after a consent is withdrawn', async () => {
    const subscriber = await running.subscriber(app, ['profile']);
    const sockets = takeSockets(running.server);
    const callers = [running.url, other.url].map((url) =>
      CallerSocket.ask(url, `/apps/${app.slug}/ws`, subscriber.caller.secret),
    );
    await Promise.all(callers.map((caller) => caller.has('\r\n\r\n')));
    const at = performance.now();
    await running.consent(app, subscriber, []);
    await Promise.all(callers.map((caller) => caller.closed()));
    expect(performance.now() - at).toBeLessThan(1000);
    await until(() => Promise.resolve(sockets.every((socket) => socket.isClosed())));
    running.server.reset();
  });

  it('change to the next key after it was published for longer than it is cached, and then drop the last one', async () => {
    const weekMs = 7 * 24 * 3_600_000;
    const first = running.instance(SigningKeys).current().kid;
    await age(weekMs - 16 * 60_000);
    await look();
    expect(await keyIds(running.url)).toEqual([first]);
    await age(2 * 60_000);
    await look();
    const [, second, ...none] = await keyIds(running.url);
    expect([await keyIds(other.url), none]).toEqual([[first, second], []]);
    expect(running.instance(SigningKeys).current().kid).toBe(first);
    await publish();
    expect(stated()).toEqual([first, second]);
    await age(16 * 60_000);
    await look();
    expect([running.instance(SigningKeys).current().kid, other.app.get(SigningKeys).current().kid]).toEqual([
      second,
      second,
    ]);
    expect(await keyIds(running.url)).toEqual([first, second]);
    await age(15 * 60_000);
    await look();
    expect([await keyIds(running.url), await keyIds(other.url)]).toEqual([[second], [second]]);
  });

  it('begin with a new key where the master key is another one, and leave the other ones to those who have it', async () => {
    const masterKey = Buffer.alloc(32, 9).toString('base64url');
    const logged: string[] = [];
    const stranger = await startAppsOn(
      running.ground,
      running.purse,
      { ...settings(), GATEWAY_MASTER_KEY: masterKey },
      logged,
    );
    try {
      expect(await keyIds(stranger.url)).toHaveLength(1);
      expect(logged.join()).toContain("can't be opened");
      expect(await keyIds(stranger.url)).not.toEqual(await keyIds(running.url));
    } finally {
      await stranger.close();
    }
  });
});

describe('a process that stops', () => {
  it('answers what runs, and ends WebSockets', async () => {
    const { caller } = await running.subscriber(app, ['profile']);
    const stopping = await startAppsOn(running.ground, running.purse, settings());
    let answer!: () => void;
    running.server.answerBy((_request, response) => {
      response.write('one ');
      answer = () => void response.end('two');
    });
    const sockets = takeSockets(running.server);
    const socket = CallerSocket.ask(stopping.url, `/apps/${app.slug}/ws`, caller.secret);
    await socket.has('\r\n\r\n');
    const response = await fetch(`${stopping.url}/apps/${app.slug}`, {
      headers: { authorization: `Bearer ${caller.secret}` },
    });
    const closed = stopping.close();
    await socket.closed();
    await until(() => Promise.resolve(sockets[0]!.isClosed()));
    answer();
    expect(await response.text()).toBe('one two');
    await closed;
  });
});

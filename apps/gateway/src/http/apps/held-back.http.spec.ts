import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { poolOf } from '@tokengrid/service';
import { until } from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { type RunningApps, runApps } from '../../testing/run-apps.ts';

let running: RunningApps;
beforeAll(async () => {
  running = await runApps();
}, 120_000);
afterAll(() => running.close(), 60_000);

/** Holds back a stream, as the projection does behind an event that it can't read. */
const holdBack = (streamId: string) =>
  poolOf(running.instance(DataSource)).query(
    `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason)
     values ('projection-apps', 'tokengrid.app-registry', 0, $2, 1, $1, 'ConsentSet', 'a spec')`,
    [streamId, ++sequence],
  );
let sequence = 0;

it('an app is not called while an event about it, or about the subscription, can not be read', async () => {
  const [app, other] = [await running.app(), await running.app()];
  const [one, two] = [await running.subscriber(app), await running.subscriber(app)];
  const stranger = running.party();
  const asked = async ({ secret }: { readonly secret: string; readonly partyId: string }, of = app) =>
    (await running.fetch(of, { secret, partyId: '' })).status;
  expect([await asked(one.caller), await asked(two.caller), await asked(stranger)]).toEqual([200, 200, 403]);
  await holdBack(`subscription-${app.appId}-${one.caller.partyId}`);
  await holdBack(`subscription-${app.appId}-${stranger.partyId}`);
  await until(async () => (await asked(one.caller)) === 503 && (await asked(stranger)) === 503);
  expect(await asked(two.caller)).toBe(200);
  await holdBack(app.appId);
  await until(async () => (await asked(two.caller)) === 503);
  const { caller } = await running.subscriber(other);
  expect(await asked(caller, other)).toBe(200);
});

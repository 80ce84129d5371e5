import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { appId, type Market, openMarket } from '../testing/market.ts';
import type { RunningMetering } from '../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
beforeAll(async () => {
  market = await openMarket();
  ({ metering } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

const ofModel = { model: 'qwen', units: { input_tokens: 3 } };
const ofApp = { app: 'translate', units: { requests: 2 } };

const report = async (data: object) => {
  const event = market.usage(data);
  await metering.report(metering.operator, event);
  return event.id;
};
const charge = (eventId: string) => metering.until(() => metering.chargeOf(market.subscriber, eventId));

/** Holds back a stream, as the projection does behind an event that it can't read. */
const holdBack = (streamId: string) =>
  poolOf(metering.instance(DataSource)).query(
    `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason)
     values ('projection-rate-card', 'tokengrid.app-registry', 0, 1000000, 1, $1, 'ModelPriced', 'a spec')`,
    [streamId],
  );
const release = () => poolOf(metering.instance(DataSource)).query('delete from parked_events');

describe('a use waits, and is not rated at what may be an old price,', () => {
  it.each([
    { what: 'the model', used: ofModel, other: ofApp, stream: () => market.modelIds.get('qwen')! },
    { what: 'the app', used: ofApp, other: ofModel, stream: () => appId },
    {
      ...{ what: 'the subscription', used: ofApp, other: ofModel },
      stream: () => `subscription-${appId}-${market.subscriber.partyId}`,
    },
  ])("while an event about $what can't be read; others do not", async ({ used, other, stream }) => {
    await holdBack(stream());
    const waiting = await report(used);
    expect(await metering.parkedFor(waiting)).toBe('prices');
    expect(await charge(await report(other))).toBeDefined();
    expect(await metering.parkedFor(waiting)).toBe('prices');
    await release();
    expect(await charge(waiting)).toBeDefined();
  });
});

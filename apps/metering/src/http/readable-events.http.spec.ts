import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { meteringCatalogue } from '@tokengrid/contracts';
import { bodiesOf, unreadableEvents } from '@tokengrid/service/specimen';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { cloudEvent } from '../usage-events/cloud-event.ts';
import { type Market, openMarket } from '../testing/market.ts';

let market: Market;
beforeAll(async () => {
  market = await openMarket();
  await market.offerModel('dear', '999999999999999999.999999');
}, 180_000);
afterAll(() => market.metering.close(), 60_000);

const eventsAtOnce = 20;

describe('whatever a usage event may say', () => {
  afterAll(async () => {
    expect(await unreadableEvents(market.metering.instance(DataSource), meteringCatalogue)).toEqual([]);
  });

  it('becomes an event that can be read, alone and in a batch', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(bodiesOf(cloudEvent), { minLength: eventsAtOnce, maxLength: eventsAtOnce }),
        async (bodies) => {
          const { metering, subscriber } = market;
          const events = bodies.map((body, index) => ({
            ...(body as { data: object }),
            ...(index % 2 === 0 && { data: { ...(body as { data: object }).data, app: undefined, model: 'dear' } }),
            ...{ subject: subscriber.partyId, id: randomUUID() },
          }));
          const alone = await Promise.all(events.map((event) => metering.report(metering.operator, event)));
          expect(alone.filter(({ status }) => status >= 500)).toEqual([]);
          const others = events.map((event) => ({ ...event, id: randomUUID() }));
          const batch = await metering.reportAll(metering.operator, others);
          expect(batch).toMatchObject({ status: 202, body: { duplicates: 0 } });
          // In a batch, an event that can't be stored is rejected with a detail.
          expect(JSON.stringify(batch.body['rejected'])).not.toContain('stored');
        },
      ),
      { numRuns: 5, endOnFailure: true },
    ));
});

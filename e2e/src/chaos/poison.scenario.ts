import { describe, expect, it } from '@jest/globals';
import { type Catalogue, eventOfMessage, hashOf, type StoredEvent } from '@tokengrid/contracts';
import { type ChainedEvent, verifyTopic } from '@tokengrid/event-store';
import { eventually } from './eventually.ts';
import { expectAllHolds } from './holds.ts';
import { catalogueOf } from './purse-domain.ts';
import { policyName } from './purse-service.ts';
import { seed } from './random.ts';
import type { OpenScenario, Scenario } from './scenario.ts';

const farAhead = 1_000_000;

/** Messages that are not the lane's events, though some look much like them. */
async function poisonFor({ log, catalogue }: Scenario, lane: number): Promise<readonly ChainedEvent[]> {
  const [record] = await log.read(catalogue.topic, lane, 0, { maxBytes: 1 << 20, maxWaitMs: 1_000 });
  const { event, previousHash } = eventOfMessage(record!);
  const rehashed = (forged: StoredEvent): StoredEvent => ({ ...forged, hash: hashOf(forged, previousHash) });
  return [
    { ...event, service: 'no service', value: Buffer.from([0xff, 0x00, 0xfe]) },
    { ...event, value: Buffer.from('{"tokens":"1000000000"}') },
    { ...event, sequence: farAhead },
    rehashed({ ...event, sequence: farAhead, lane: lane + 1 }),
    rehashed({ ...event, sequence: farAhead, service: 'wallet' }),
  ].map((forged) => ({ event: forged, previousHash }));
}

/** Foreign messages, and events that a process can't handle. */
export function poison(open: OpenScenario): void {
  describe(`a message that nobody can read (seed ${seed})`, () => {
    it('is passed over and counted, by readers and by who takes over the lane', async () => {
      const scenario = await open('poisoned');
      const first = await scenario.start();
      const load = scenario.load();
      await load.depositThrough(first, scenario.lanes, scenario.config.lanes);
      let smuggled = 0;
      for (const lane of scenario.lanes) {
        const messages = await poisonFor(scenario, lane);
        for (const message of messages) await scenario.log.append(scenario.catalogue.topic, lane, [message]);
        smuggled += messages.length;
      }
      await load.acknowledges(100);
      // Two subscribers read each lane.
      await eventually('all of it was passed over', async () => (await first.passedOver()).length >= 2 * smuggled);
      await load.stop();
      await first.kill();
      const next = await scenario.start({}, 0);
      await expectAllHolds(scenario, load);
      await eventually('nothing stands still', async () => (await next.problems()).length === 0);
      const garbage = (await verifyTopic(scenario)).map((lane) => lane.garbage);
      expect(garbage.reduce((sum, messages) => sum + messages, 0)).toBe(smuggled);
    });
  });

  describe(`an event that a policy cannot deal with (seed ${seed})`, () => {
    it('is parked with its reason while others go on, and replayed once the cause is gone', async () => {
      const scenario = await open('parked');
      const buggy = await scenario.start({ policyFailsFor: 'purse-3' });
      const load = scenario.load();
      const parked = async () => {
        const { rows } = await scenario.pool.query<{ reason: string; subscriber: string }>(
          'select reason, subscriber from parked_events order by lane, sequence',
        );
        return rows;
      };
      await eventually('some events are parked', async () => (await parked()).length >= 5);
      await load.acknowledges(50);
      await load.stop();
      await eventually('nothing stands still', async () => (await buggy.problems()).length === 0);
      for (const { subscriber, reason } of await parked()) {
        expect(subscriber).toBe(policyName);
        expect(['the policy has a bug with purse-3', 'an earlier event of the same stream is parked']).toContain(
          reason,
        );
      }
      await buggy.kill();
      await scenario.start({}, 0);
      await eventually('all is replayed', async () => {
        await scenario.pool.query('update parked_events set replay_requested = true');
        return (await parked()).length === 0;
      });
      await expectAllHolds(scenario, load);
    });
  });

  describe(`an event of a version that a subscriber does not know (seed ${seed})`, () => {
    it('stops the lane for that subscriber, who says so and goes on once it knows the version', async () => {
      const scenario = await open('unknown-version');
      scenario.catalogue = catalogueOf(scenario.config.service, 'new-version') as unknown as Catalogue;
      const old = await scenario.start({ writes: 'new-version', reads: 'old' });
      const load = scenario.load();
      await eventually('policy and projection say why they stand still', async () => {
        const told = (await old.problems()).join();
        return [policyName, 'projection-purse-totals'].every((name) =>
          new RegExp(`${name}, lane \\d: (\\S+/\\d+/\\d+: )?Sent.* version 2 is unknown, the latest here is 1`).test(
            told,
          ),
        );
      });
      await load.stop();
      await old.kill();
      const fresh = await scenario.start({ writes: 'new-version', reads: 'new-version' }, 0);
      await expectAllHolds(scenario, load);
      await eventually('nothing stands still', async () => (await fresh.problems()).length === 0);
      const { rows } = await scenario.pool.query('select * from parked_events');
      expect(rows).toEqual([]);
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import { eventOfMessage } from '@tokengrid/contracts';
import { type ChainedEvent, readLaneRecords, verifyTopic } from '@tokengrid/event-store';
import { expectAllHolds } from './holds.ts';
import { seed } from './random.ts';
import type { OpenScenario, Scenario } from './scenario.ts';

/** Appends the whole topic once more, like a relay that knows nothing of it. */
async function appendAllAgain({ log, catalogue, lanes }: Scenario): Promise<void> {
  for (const lane of lanes) {
    const again: ChainedEvent[] = [];
    for await (const records of readLaneRecords(log, catalogue.topic, lane, 0))
      again.push(...records.map(eventOfMessage));
    await log.append(catalogue.topic, lane, again);
  }
}

/** Repeated messages. */
export function duplicates(open: OpenScenario): void {
  describe(`when every message is delivered twice (seed ${seed})`, () => {
    it('and the whole topic then once more, policies and projections apply each once', async () => {
      const scenario = await open('delivered-twice');
      await scenario.start({ appendsTwice: true });
      await scenario.start({ appendsTwice: true });
      const load = scenario.load();
      await load.acknowledges(300);
      await appendAllAgain(scenario);
      await load.acknowledges(300);
      await load.stop();
      await expectAllHolds(scenario, load);
      for (const { events, repeats } of await verifyTopic(scenario)) expect(repeats).toBeGreaterThan(events);
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import type { FaultPoint } from './fault-points.ts';
import { eventually } from './eventually.ts';
import { expectAllHolds } from './holds.ts';
import { rounds, seed } from './random.ts';
import type { OpenScenario } from './scenario.ts';

/**
 * Points at which a frozen process blocks others, or does harm when it resumes: the lane's lock,
 * the commit, the append.
 */
const awkwardPoints: readonly FaultPoint[] = [
  { step: 'write', moment: 'answered' },
  { step: 'commit', moment: 'sent' },
  { step: 'append', moment: 'before' },
  { step: 'append', moment: 'sent' },
  { step: 'published-mark', moment: 'before' },
  { step: 'subscriber-mark', moment: 'before' },
];

/**
 * Postgres ends an idle transaction after 2 s, and a lease expires after 1.4 s; the rest is slack
 * for a busy machine.
 */
const fewSecondsMs = 6_000;

/** Processes that freeze and resume, and differing clocks. */
export function frozenProcesses(open: OpenScenario): void {
  describe(`a process that freezes (seed ${seed})`, () => {
    it('holding a lock or a lease holds nobody up for long, and does no harm when it goes on', async () => {
      const scenario = await open('frozen');
      const { random } = scenario;
      await scenario.start();
      await scenario.start();
      const load = scenario.load({ patienceMs: 1_000 });
      for (let round = 0; round < rounds(1); round++) {
        for (const point of random.shuffled(awkwardPoints)) {
          const frozen = await scenario.freezeOneAt({ ...point, passage: 1 + random.below(4) });
          const other = scenario.processes.find((process) => process !== frozen)!;
          const since = performance.now();
          await load.depositThrough(other, scenario.lanes, scenario.config.lanes);
          expect(performance.now() - since).toBeLessThan(fewSecondsMs);
          frozen.signal('SIGCONT');
          await load.depositThrough(frozen, scenario.lanes, scenario.config.lanes);
        }
      }
      await load.stop();
      await expectAllHolds(scenario, load);
      for (const process of scenario.processes)
        await eventually('nothing stands still', async () => (await process.problems()).length === 0);
    });
  });
}

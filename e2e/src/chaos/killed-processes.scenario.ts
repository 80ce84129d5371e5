import { describe, expect, it } from '@jest/globals';
import { faultPoints } from './fault-points.ts';
import { expectAllHolds } from './holds.ts';
import { rounds, seed } from './random.ts';
import type { OpenScenario } from './scenario.ts';

const median = (times: readonly number[]): number => [...times].sort((one, other) => one - other)[times.length >> 1]!;

/** Killed processes, at any point of their work and with any locks. */
export function killedProcesses(open: OpenScenario): void {
  describe(`a process that is killed (seed ${seed})`, () => {
    it('at any step of a batch or a publish loses nothing and does nothing twice', async () => {
      const scenario = await open('killed-at-each-step');
      const { random } = scenario;
      await scenario.start();
      await scenario.start();
      const load = scenario.load();
      for (let round = 0; round < rounds(1); round++) {
        for (const point of random.shuffled(faultPoints)) {
          await scenario.killOneAt({ ...point, passage: 1 + random.below(4) });
        }
      }
      await load.stop();
      expect(load.answers.get('lost')).toBeGreaterThan(0);
      await expectAllHolds(scenario, load);
    });

    it('is replaced within 2 s as the one that publishes, while the other one goes on', async () => {
      const scenario = await open('killed-while-publishing');
      await scenario.start();
      await scenario.start();
      const load = scenario.load({ clients: 4 });
      const times: number[] = [];
      for (let round = 0; round < rounds(3); round++) {
        const { process: publisher, lanes } = await scenario.publisher();
        const place = scenario.processes.indexOf(publisher);
        const survivor = scenario.processes[1 - place]!;
        const killed = performance.now();
        await publisher.kill();
        await load.depositThrough(survivor, lanes, scenario.config.lanes);
        times.push(performance.now() - killed);
        await scenario.start({}, place);
      }
      await load.stop();
      // A single round may meet a busy machine.
      expect(median(times)).toBeLessThan(2_000);
      await expectAllHolds(scenario, load);
    });
  });
}

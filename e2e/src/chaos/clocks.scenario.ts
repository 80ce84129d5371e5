import { describe, expect, it } from '@jest/globals';
import { expectAllHolds } from './holds.ts';
import { seed } from './random.ts';
import type { OpenScenario } from './scenario.ts';

const hourMs = 3_600_000;

/** Processes whose clocks do not agree. */
export function clocks(open: OpenScenario): void {
  describe(`a process whose clock is an hour behind (seed ${seed})`, () => {
    it("takes over without a lane's time stepping back", async () => {
      const scenario = await open('clock-behind');
      const ahead = await scenario.start();
      const load = scenario.load();
      await load.depositThrough(ahead, scenario.lanes, scenario.config.lanes);
      const behind = await scenario.start({ clockSkewMs: -hourMs });
      await load.depositThrough(behind, scenario.lanes, scenario.config.lanes);
      await ahead.kill();
      await load.depositThrough(behind, scenario.lanes, scenario.config.lanes);
      await load.stop();
      // Which looks at every event's time, lane by lane.
      const events = await expectAllHolds(scenario, load);
      expect(Math.max(...events.map(({ time }) => time))).toBeLessThan(Date.now());
      expect(Math.min(...events.map(({ time }) => time))).toBeGreaterThan(Date.now() - hourMs);
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { expectAllHolds } from './holds.ts';
import type { ProcessHandle } from './process-handle.ts';
import { seed } from './random.ts';
import type { OpenScenario } from './scenario.ts';

const hourMs = 3_600_000;
const aboutItsClock = /^the clock of this process is .* the database's/;

const untilWrong = (process: ProcessHandle) =>
  eventually('it says that its clock is wrong', async () =>
    (await process.problems()).some((each) => aboutItsClock.test(each)),
  );
const untilRight = (process: ProcessHandle) =>
  eventually('it has no problem', async () => (await process.problems()).length === 0);

/** Processes with differing clocks. */
export function clocks(open: OpenScenario): void {
  describe(`a process whose clock is an hour off (seed ${seed})`, () => {
    it.each([
      ['behind', -hourMs],
      ['ahead', hourMs],
    ])("%s does nothing, and takes over without a lane's time stepping once it is right", async (name, clockSkewMs) => {
      const scenario = await open(`clock-${name}`);
      const right = await scenario.start();
      const load = scenario.load();
      await load.depositThrough(right, scenario.lanes, scenario.config.lanes);
      const wrong = await scenario.start({ clockSkewMs });
      await untilWrong(wrong);
      await load.depositThrough(right, scenario.lanes, scenario.config.lanes);
      const { rows } = await scenario.pool.query('select from leases where holder = $1', [wrong.holder]);
      expect(rows).toEqual([]);
      await right.kill();
      await wrong.stepClock(0);
      await untilRight(wrong);
      await load.depositThrough(wrong, scenario.lanes, scenario.config.lanes);
      // While it holds all lanes and relays.
      await wrong.stepClock(clockSkewMs);
      await untilWrong(wrong);
      await wrong.stepClock(0);
      await untilRight(wrong);
      await load.depositThrough(wrong, scenario.lanes, scenario.config.lanes);
      await load.stop();
      // Checks every event's time, lane by lane.
      const events = await expectAllHolds(scenario, load);
      expect(Math.max(...events.map(({ time }) => time))).toBeLessThanOrEqual(Date.now());
      expect(Math.min(...events.map(({ time }) => time))).toBeGreaterThan(Date.now() - hourMs / 4);
    });
  });
}

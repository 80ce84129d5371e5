import { describe, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { expectAllHolds } from './holds.ts';
import type { Load } from './load.ts';
import { rounds, seed } from './random.ts';
import type { OpenScenario, Scenario } from './scenario.ts';
import type { Servers } from './servers.ts';

/** Callers wait for less time than in production before "not yet". */
const limits = { answerTimeoutMs: 1_000 };

async function underLoad(scenario: Scenario): Promise<Load> {
  await scenario.start({ limits });
  await scenario.start({ limits });
  const load = scenario.load();
  await load.acknowledges(100);
  return load;
}

async function untilMoreAre(load: Load, what: string, more = 5): Promise<void> {
  const before = load.answers.get(what) ?? 0;
  await eventually(`${more} more commands are answered: ${what}`, () => (load.answers.get(what) ?? 0) >= before + more);
}

/** Servers that die and return under load. */
export function serversAway(open: OpenScenario, servers: () => Servers): void {
  describe(`while commands come in (seed ${seed})`, () => {
    it('the broker is killed and comes back: callers are told "not yet", and all is published later', async () => {
      const scenario = await open('broker-away');
      const load = await underLoad(scenario);
      const { kafka } = servers();
      for (let round = 0; round < rounds(2); round++) {
        await kafka.kill();
        await untilMoreAre(load, 'not published');
        await kafka.start();
        await load.acknowledges(50);
      }
      await load.stop();
      await expectAllHolds(scenario, load);
    });

    it('Postgres is killed and comes back: callers are told to come again, and each id has one effect', async () => {
      const scenario = await open('postgres-away');
      const load = await underLoad(scenario);
      const { postgres } = servers();
      for (let round = 0; round < rounds(2); round++) {
        await postgres.kill();
        await untilMoreAre(load, 'StoreUnavailable');
        await postgres.start();
        await load.acknowledges(50);
      }
      await load.stop();
      await expectAllHolds(scenario, load);
    });
  });
}

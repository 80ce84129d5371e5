import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault, faultMoments, faultSteps } from './fault-points.ts';
import { expectAllHolds } from './holds.ts';
import { rounds, seed } from './random.ts';
import { Scenario } from './scenario.ts';
import { type Servers, startServers } from './servers.ts';

let servers: Servers;
let scenario: Scenario;

beforeAll(async () => {
  servers = await startServers();
}, 120_000);
afterEach(() => scenario.close());
afterAll(() => servers.stop());

const allFaults: readonly Pick<Fault, 'step' | 'moment'>[] = faultSteps.flatMap((step) =>
  faultMoments.map((moment) => ({ step, moment })),
);

describe(`with seed ${seed}, a process killed`, () => {
  it('at any step of a batch or a publish loses nothing and does nothing twice', async () => {
    scenario = await Scenario.open('killed-at-each-step', servers.postgres, servers.kafka);
    const { random } = scenario;
    await scenario.start();
    await scenario.start();
    const load = scenario.load();
    for (let round = 0; round < rounds(1); round++) {
      for (const fault of random.shuffled(allFaults)) {
        await scenario.killOneAt({ ...fault, passage: 1 + random.below(4) });
      }
    }
    await load.stop();
    expect(load.answers.get('lost')).toBeGreaterThan(0);
    await expectAllHolds(scenario, load);
  }, 300_000);
});

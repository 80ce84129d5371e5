import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PartHandle } from '@tokengrid/infra-local';
import { eventually } from './eventually.ts';
import { expectAllHolds } from './holds.ts';
import type { Load } from './load.ts';
import { rounds, seed } from './random.ts';
import { Scenario } from './scenario.ts';
import { type Servers, startServers } from './servers.ts';

// A scenario takes as long as its rounds; its waits have time limits of their own.
jest.setTimeout(rounds(1) * 600_000);

/** Callers wait for less time than in production before "not yet". */
const limits = { answerTimeoutMs: 1_000 };
const clients = 8;
/**
 * A broker is given up after 2 s, its lanes get new leaders, and a second attempt succeeds; the
 * rest is slack for a busy machine.
 */
const fewSecondsMs = 15_000;

describe(`three brokers with three replicas, of which two must have it (seed ${seed})`, () => {
  let servers: Servers;
  let scenario: Scenario;

  beforeAll(async () => {
    servers = await startServers(3);
    scenario = await Scenario.open('three-brokers', servers);
  });
  afterAll(async () => {
    await scenario?.close();
    await servers?.stop();
  });

  it('go on in every lane while any one is killed, acknowledge nothing while two are, and lose nothing', async () => {
    await scenario.start({ limits });
    await scenario.start({ limits });
    const load = scenario.load({ clients });
    await load.acknowledges(100);
    for (let round = 0; round < rounds(1); round++) {
      for (const node of scenario.random.shuffled(servers.kafka.nodes)) await goOnWithout(node, load);
      await waitWithOneAlone(load);
    }
    await load.stop();
    await expectAllHolds(scenario, load);
  });

  async function goOnWithout(node: PartHandle, load: Load): Promise<void> {
    await node.kill();
    const since = performance.now();
    // In every lane, whoever led it.
    await load.depositThrough(scenario.processes[0]!, scenario.lanes, scenario.config.lanes);
    expect(performance.now() - since).toBeLessThan(fewSecondsMs);
    await load.acknowledges(100);
    await node.start();
    await load.acknowledges(50);
  }

  async function waitWithOneAlone(load: Load): Promise<void> {
    const two = scenario.random.shuffled(servers.kafka.nodes).slice(1);
    await Promise.all(two.map((node) => node.kill()));
    const told = () => load.answers.get('not published') ?? 0;
    const untilAllAreTold = async () => {
      const before = told();
      await eventually('every client is told "not yet"', () => told() >= before + 2 * clients);
    };
    // Commands acknowledged just before are reported now.
    await untilAllAreTold();
    const before = load.acknowledged.length;
    await untilAllAreTold();
    expect(load.acknowledged.length).toBe(before);
    await Promise.all(two.map((node) => node.start()));
    await load.acknowledges(50);
  }
});

import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { clocks } from './clocks.scenario.ts';
import { duplicates } from './duplicates.scenario.ts';
import { frozenProcesses } from './frozen-processes.scenario.ts';
import { killedProcesses } from './killed-processes.scenario.ts';
import { poison } from './poison.scenario.ts';
import { rounds } from './random.ts';
import { rollingDeploys } from './rolling-deploy.scenario.ts';
import { Scenario } from './scenario.ts';
import { type Servers, startServers } from './servers.ts';
import { serversAway } from './servers-away.scenario.ts';

// A scenario takes as long as its rounds; most waits have time limits of their own.
jest.setTimeout(rounds(1) * 600_000);

let servers: Servers;
let scenario: Scenario | undefined;

beforeAll(async () => {
  servers = await startServers();
});
afterEach(() => scenario?.close());
afterAll(() => servers?.stop());

const open = async (service: string): Promise<Scenario> => {
  scenario = await Scenario.open(service, servers);
  return scenario;
};

killedProcesses(open);
frozenProcesses(open);
clocks(open);
serversAway(open, () => servers);
duplicates(open);
poison(open);
rollingDeploys(open);

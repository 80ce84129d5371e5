import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runGateway, type RunningGateway } from '../testing/run-gateway.ts';

let running: RunningGateway;
beforeAll(async () => {
  running = await runGateway();
}, 120_000);
afterAll(() => running.close(), 60_000);

it('the service is ready', async () =>
  expect(await running.get(undefined, '/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } }));

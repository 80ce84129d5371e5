import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { runGateway, type RunningGateway } from '../testing/run-gateway.ts';

let running: RunningGateway;
beforeAll(async () => {
  running = await runGateway();
}, 120_000);
afterAll(() => running.close(), 60_000);

it('the service is ready', async () =>
  expect(await running.get(undefined, '/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } }));

it('the service is not ready while a table of its own is gone', async () => {
  const rename = (from: string, to: string) =>
    running.instance(DataSource).query(`alter table ${from} rename to ${to}`);
  const readiness = async () => (await fetch(`${running.url}/health/ready`)).json();
  await rename('app_signing_keys', 'elsewhere');
  const reasons = ['the table app_signing_keys is gone: restore it from a backup'];
  expect(await readiness()).toEqual({ status: 'unready', reasons });
  await rename('elsewhere', 'app_signing_keys');
  expect(await readiness()).toEqual({ status: 'ready', reasons: [] });
});

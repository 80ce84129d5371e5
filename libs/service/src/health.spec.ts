import { describe, expect, it } from '@jest/globals';
import { Health } from './health.ts';
import type { HealthChecks } from './health.ts';
import { call } from './specimen/call.ts';
import { runJars } from './specimen/run-jars.ts';

const well: HealthChecks = {
  started: () => true,
  draining: () => false,
  problems: () => [],
  warnings: () => [],
  goneTables: async () => [],
  ownFaults: async () => [],
  checkDatabase: async () => undefined,
  checkLog: async () => undefined,
  timeoutMs: 50,
};
const broken = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432 as wallet_user'));
const readiness = (checks: Partial<HealthChecks>) => new Health({ ...well, ...checks }).readiness();

describe('readiness', () => {
  it.each([
    ['ready when all is well', {}, 'ready', []],
    [
      'unready before the subscribers have started',
      { started: () => false },
      'unready',
      ['the subscribers have not started'],
    ],
    ['unready while it shuts down', { draining: () => true }, 'unready', ['the service is shutting down']],
    ['unready when the store has a problem', { problems: () => ['lane 3: a fork'] }, 'unready', ['lane 3: a fork']],
    ['unready without Postgres', { checkDatabase: broken }, 'unready', ['Postgres does not answer']],
    [
      'unready when Postgres hangs',
      { checkDatabase: () => new Promise<void>(() => undefined) },
      'unready',
      ['Postgres did not answer within 50 ms'],
    ],
    [
      'degraded without Kafka',
      { checkLog: broken },
      'degraded',
      ['Kafka does not answer; commands are answered 202 and published later'],
    ],
    [
      'degraded when a subscriber stands still',
      { warnings: () => ['charge-wallet, lane 2: a gap'] },
      'degraded',
      ['charge-wallet, lane 2: a gap'],
    ],
    [
      'unready when a table is gone',
      { goneTables: async () => ['the table jars is gone'] },
      'unready',
      ['the table jars is gone'],
    ],
    [
      'degraded when the service lacks keys of its own',
      { ownFaults: async () => ['keys of jars are lost'] },
      'degraded',
      ['keys of jars are lost'],
    ],
    [
      'unready without both, for both reasons',
      { checkDatabase: broken, checkLog: broken },
      'unready',
      ['Postgres does not answer', 'Kafka does not answer; commands are answered 202 and published later'],
    ],
  ])('is %s', async (_sentence, checks, status, reasons) => {
    expect(await readiness(checks)).toEqual({ status, reasons });
  });

  it('is told over HTTP: 200 while ready or degraded, and needs no key', async () => {
    const jars = await runJars();
    const anonymous = (path: string) => call(`${jars.url}${path}`, 'GET', undefined, { authorization: undefined });
    expect(await anonymous('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await anonymous('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready', reasons: [] } });
    jars.world.kafka.away = true;
    expect(await anonymous('/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded' } });
    jars.world.kafka.away = false;
    await jars.close();
  });

  it('is 503 with the reasons where the service is not ready', async () => {
    const jars = await runJars({ problems: ['lane 0: the topic has another event'] });
    expect(await call(`${jars.url}/health/ready`)).toMatchObject({
      status: 503,
      body: { status: 'unready', reasons: ['lane 0: the topic has another event'] },
    });
    await jars.close();
  });
});

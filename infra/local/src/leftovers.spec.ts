import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homePaths } from './home.ts';
import { startKafka } from './kafka.ts';
import { countBrokers } from './kafka-probe.ts';
import type { PartHandle } from './open-part.ts';
import { startPostgres } from './postgres.ts';
import { postgresFolder } from './postgres-binaries.ts';
import { temporaryHome } from './testing.ts';

const parts: PartHandle[] = [];
const homes: string[] = [];

afterEach(async () => {
  for (const part of parts.splice(0)) await part.stop();
  for (const home of homes.splice(0))
    for (const path of [home, postgresFolder(home)]) rmSync(path, { recursive: true, force: true });
}, 60_000);

function newHome(): string {
  const home = temporaryHome();
  homes.push(home);
  return home;
}

async function postgresOn(home: string) {
  const postgres = await startPostgres({ home });
  parts.push(postgres);
  return postgres;
}

describe('Postgres starts', () => {
  it('on data whose making was interrupted, and below a directory that its user cannot enter', async () => {
    const home = join(newHome(), 'closed', 'home');
    mkdirSync(join(home, '..'), { recursive: true, mode: 0o700 });
    homes.push(home);
    const unfinished = join(postgresFolder(home), 'data.new');
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'PG_VERSION'), '18\n');
    const postgres = await postgresOn(home);
    expect(postgres.pids()).toHaveLength(1);
    expect(existsSync(unfinished)).toBe(false);
  }, 60_000);

  it('with a postmaster.pid that is another process by now, but not beside a Postgres that runs', async () => {
    const home = newHome();
    const postgres = await postgresOn(home);
    await expect(startPostgres({ home })).rejects.toThrow(`A Postgres (pid ${postgres.pids()[0]!}) already runs on`);
    await postgres.kill('SIGKILL');
    writeFileSync(join(postgresFolder(home), 'data', 'postmaster.pid'), `${process.pid}\n`);
    await postgresOn(home);
  }, 60_000);

  it('not with the password of another home', async () => {
    const home = newHome();
    const postgres = await postgresOn(home);
    await postgres.stop();
    rmSync(homePaths(home).secrets);
    await expect(startPostgres({ home })).rejects.toThrow('Postgres refuses the password in secrets.json');
  }, 60_000);
});

describe('Kafka starts', () => {
  it('on storage whose format was interrupted, but not on topics that have lost their meta.properties', async () => {
    const home = newHome();
    const data = join(homePaths(home).kafka, 'broker-1', 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'bootstrap.checkpoint'), '');
    const idWithDash = '-hMaCAqRyLG9iYEBsyQVPg';
    writeFileSync(join(homePaths(home).kafka, 'cluster.json'), JSON.stringify({ clusterId: idWithDash, brokers: 1 }));
    const kafka = await startKafka({ home });
    parts.push(kafka);
    expect(await countBrokers(Number(kafka.brokers[0]!.split(':')[1]))).toBe(1);
    await kafka.stop();
    rmSync(join(data, 'meta.properties'));
    await expect(startKafka({ home })).rejects.toThrow('holds topics but no meta.properties');
  }, 60_000);
});

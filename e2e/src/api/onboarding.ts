import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, hasStatus } from './eventually.ts';
import type { Tokengrid } from './tokengrid.ts';

interface Outcome {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const size = 300;
const patienceMs = 60_000;
const newNumber = () => `+998${String(randomInt(1e9)).padStart(9, '0')}`;
const someSubscribers = (count: number) => Array.from({ length: count }, () => ({ msisdn: newNumber(), name: 'Lin' }));

/** Subscribers by the thousand. */
export function onboarding(grid: () => Tokengrid): void {
  let identity: pg.Client;
  let wallet: pg.Client;
  beforeAll(async () => {
    const { postgres } = grid().stack.run;
    identity = new pg.Client({ connectionString: postgres['identity']! });
    wallet = new pg.Client({ connectionString: postgres['wallet']! });
    await Promise.all([identity.connect(), wallet.connect()]);
  });
  afterAll(() => Promise.all([identity.end(), wallet.end()]));

  const count = async (client: pg.Client, sql: string) =>
    (await client.query<{ count: number }>(`select count(*)::int as count from ${sql}`)).rows[0]!.count;
  const stored = (type: string) => count(identity, `events where type = '${type}'`);
  const post = (subscribers: readonly unknown[], idempotencyKey: string) =>
    grid().at('identity').post('/v1/subscribers:batch', grid().operatorKey, { subscribers }, { idempotencyKey });

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + patienceMs; !(await isSo());)
      if (performance.now() > deadline) throw new Error('it did not come about in time');
  }

  /** Kills identity and starts it again. */
  async function restartIdentity(): Promise<void> {
    await grid().stack.part('identity').kill();
    await grid().stack.part('identity').start();
    const ready = () =>
      grid()
        .at('identity')
        .get('/health/ready')
        .catch(() => ({ status: 0, headers: new Headers(), body: {} }));
    await eventually(ready, hasStatus(200), patienceMs);
  }

  /** Repeats a batch until each of its subscribers has an outcome. */
  async function outcomesOf(subscribers: readonly unknown[], key: string): Promise<readonly Outcome[]> {
    const isOver = ({ status, body }: { readonly status: number; readonly body: Readonly<Record<string, unknown>> }) =>
      status === 200 &&
      (body['outcomes'] as readonly Outcome[]).every((each) => each.status < 500 && each.status !== 202);
    const { body } = await eventually(() => post(subscribers, key), isOver, patienceMs);
    return body['outcomes'] as readonly Outcome[];
  }

  /** Every registered party has one wallet. */
  const walletsOfAll = () => until(async () => (await count(wallet, 'wallets')) === (await count(identity, 'parties')));

  it.each(['ContactReserved', 'SubscriberRegistered', undefined])(
    'registers each of a batch once, though identity is killed where the first %s is stored',
    async (type) => {
      const [key, subscribers] = [randomUUID(), someSubscribers(size)];
      const [parties, before] = [await count(identity, 'parties'), type ? await stored(type) : 0];
      const cut = post(subscribers, key).catch(() => undefined);
      if (type) await until(async () => (await stored(type)) > before);
      await restartIdentity();
      await cut;
      const outcomes = await outcomesOf(subscribers, key);
      expect(outcomes.filter(({ status }) => status !== 201)).toEqual([]);
      expect(await outcomesOf(subscribers, key)).toEqual(outcomes);
      expect(await count(identity, 'parties')).toBe(parties + size);
      expect(new Set(outcomes.map(({ body }) => body['subscriberId'])).size).toBe(size);
      await walletsOfAll();
    },
  );

  it('registers each number once of batches with other borders that come at once', async () => {
    const subscribers = someSubscribers(size);
    const parties = await count(identity, 'parties');
    const cuts = [0, size / 3, (2 * size) / 3].map((from) => subscribers.slice(from, from + size / 2));
    const all = await Promise.all(cuts.map((some) => outcomesOf(some, randomUUID())));
    const statuses = all.flatMap((outcomes) => outcomes.map(({ status }) => status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(size);
    expect(new Set(statuses)).toEqual(new Set([201, 409]));
    expect(await count(identity, 'parties')).toBe(parties + size);
    await walletsOfAll();
  });

  describe('tokengrid subscribers import', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokengrid-import-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** A file of good lines, with others behind the header. */
    function fileOf(name: string, good: number, others: readonly string[] = []): string {
      const file = join(folder, name);
      const lines = someSubscribers(good).map(({ msisdn }) => `${msisdn},"Lin, 林"`);
      writeFileSync(file, ['msisdn,name', ...others, ...lines].join('\r\n'));
      return file;
    }

    it('registers the good lines, reports the others, and changes nothing when it is run again', async () => {
      const parties = await count(identity, 'parties');
      const file = fileOf('many.csv', 1500, [`${newNumber()}, `, '13800000001,Lin', '+8613800000001']);
      const registered = `${file}.registered.csv`;
      const reports = [];
      for (const _ of ['first', 'second']) {
        const run = await grid().tokengrid('subscribers', 'import', file, '--registered', registered);
        expect(run).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('registered: 1500, refused: 3') });
        reports.push([readFileSync(`${file}.refused.csv`, 'utf8'), readFileSync(registered, 'utf8')]);
        expect(await count(identity, 'parties')).toBe(parties + 1500);
      }
      expect(reports[1]).toEqual(reports[0]);
      const refused = reports[0]![0]!.trim().split('\r\n');
      expect(refused.map((line) => line.split(',').slice(0, 2).join())).toEqual([
        'line,code',
        '2,INVALID_ARGUMENT',
        '3,INVALID_ARGUMENT',
        '4,INVALID_LINE',
      ]);
      expect(reports[0]![1]!.trim().split('\r\n')).toHaveLength(1501);
      await walletsOfAll();
    });

    it('goes on where identity was killed', async () => {
      const [parties, before] = [await count(identity, 'parties'), await stored('SubscriberRegistered')];
      const file = fileOf('killed.csv', 3000);
      const run = grid().tokengrid('subscribers', 'import', file);
      await until(async () => (await stored('SubscriberRegistered')) > before + 1000);
      await restartIdentity();
      expect(await run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('registered: 3000, refused: 0') });
      expect(await count(identity, 'parties')).toBe(parties + 3000);
    });

    it('sends nothing of a file that is none', async () => {
      const parties = await count(identity, 'parties');
      const file = fileOf('broken.csv', 10);
      writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from([0x0a, 0xff, 0x2c, 0xff])]));
      const run = await grid().tokengrid('subscribers', 'import', file);
      expect(run).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('broken.csv:12: the file is not UTF-8'),
      });
      expect(await grid().tokengrid('subscribers', 'import', join(folder, 'none.csv'))).toMatchObject({ exitCode: 1 });
      expect(await count(identity, 'parties')).toBe(parties);
    });
  });
}

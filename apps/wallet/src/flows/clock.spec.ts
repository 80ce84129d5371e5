import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StreamUnreadable } from '@tokengrid/event-store';
import { instantOf, walletCatalogue } from '@tokengrid/contracts';
import { Clock } from './clock.ts';
import { utcCalendar } from '@tokengrid/kernel';
import { type Caller, type Ground, openGround, type RunningWallet, startWallet } from '../testing/run-wallet.ts';

/** README: whatever is due expires within two seconds, after downtime too. */
const withinMs = 2000;
const minute = 60_000;
const parties = 12;

/**
 * Clock of the first process, which lives just before this month began, and then stands still: what
 * ends a moment later ends after its death.
 */
const now = new Date();
const monthBegan = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
const before = monthBegan - minute;

interface Told {
  readonly type: string;
  readonly walletId: string;
  /** Epoch milliseconds, by the lane's clock. */
  readonly time: number;
  readonly tokens: unknown;
}

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
}, 60_000);
afterAll(() => ground.close(), 60_000);

/**
 * Published events of wallets, in each lane's order; those of the lanes' own streams are left out.
 */
async function told(): Promise<readonly Told[]> {
  const { topic } = walletCatalogue;
  const lanes = (await ground.log.partitionsOf(topic))!;
  return Array.from({ length: lanes }, (_, lane) => ground.log.records(topic, lane))
    .flat()
    .filter(({ key }) => String(key).startsWith('wal_'))
    .map(({ key, headers, value }) => {
      const { tokens, expired } = JSON.parse(String(value)) as {
        readonly tokens?: string;
        readonly expired?: string;
      };
      const type = String(headers['ce_type']).split('.')[2]!;
      return { type, walletId: String(key), time: Date.parse(String(headers['ce_time'])), tokens: tokens ?? expired };
    });
}

/**
 * A party with tokens that last, some that expire, a hold over some that expires too, and a plan.
 * All of them end within a minute by the clock of the process.
 */
async function partyWithAllThatEnds(wallet: RunningWallet): Promise<Caller> {
  const party = await wallet.party();
  const path = `/v1/wallets/${party.walletId}`;
  const done = [
    await wallet.grant(party, { tokens: '100' }),
    await wallet.grant(party, { tokens: '30', expiresAt: instantOf(before + minute / 2) }),
    await wallet.post(party, 'holds', { tokens: '20', expiresInSeconds: 40, reason: 'a use' }),
    await wallet.put(`${path}/plan`, { tokens: '50', rolloverCap: '15' }),
  ];
  expect(done.map(({ status }) => status)).toEqual([201, 201, 201, 200]);
  return party;
}

describe('what falls due while no process runs', () => {
  it('ends at once when some start, each once and by the clock of then, whoever else starts', async () => {
    const first = await startWallet(ground, { clock: () => before });
    const all = await Promise.all(Array.from({ length: parties }, () => partyWithAllThatEnds(first)));
    await first.close();
    const already = (await told()).length;
    expect((await told()).map(({ time }) => time)).toEqual(Array<number>(already).fill(before));

    const startedAt = Date.now();
    const both = await Promise.all([startWallet(ground), startWallet(ground)]);
    const readyAt = Date.now();
    for (const { url } of both) expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    // Only balances are read: a read lets nothing expire.
    const has = (party: Caller) => both[0].availableOf(party);
    for (const party of all) while ((await has(party)) !== '165' && Date.now() - readyAt < 2 * withinMs);
    await Promise.all(both.map((each) => each.close()));

    const since = (await told()).filter(({ time }) => time !== before);
    for (const { walletId } of all) {
      expect(since.filter((each) => each.walletId === walletId).map(({ type, tokens }) => [type, tokens])).toEqual([
        ['HoldExpired', '20'],
        ['PlanReset', '35'],
        ['TokensExpired', '30'],
        ['TokensGranted', '50'],
      ]);
    }
    expect(since).toHaveLength(4 * parties);
    for (const { time } of since) {
      expect(time).toBeGreaterThanOrEqual(startedAt);
      expect(time - readyAt).toBeLessThan(withinMs);
    }
  }, 60_000);

  it('has ended: another start finds nothing, and the new month ends when it does', async () => {
    const already = await told();
    const again = await startWallet(ground);
    const { body } = await again.get(again.operator, `/v1/wallets/${already[0]!.walletId}/plan`);
    expect(body).toMatchObject({ resetsAt: instantOf(utcCalendar.endOfMonth(Date.now())) });
    // Its first look has ended when it has stopped.
    await again.close();
    expect(await told()).toEqual(already);
  }, 60_000);
});

describe('a wallet that can not be read', () => {
  it('keeps no other wallet from what is due', async () => {
    const done: string[] = [];
    const handle = (_: unknown, { streamId }: { readonly streamId: string }) => {
      if (streamId === 'broken') return Promise.reject(new StreamUnreadable(streamId, 'wallet/0/1', new Error('no')));
      return Promise.resolve(void done.push(streamId));
    };
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const due = {
      next: () => Promise.resolve(0),
      at: () => Promise.resolve({ walletIds: ['broken', 'expiring'], more: false }),
      renewalsAt: () => (resolve(), Promise.resolve({ walletIds: ['renewing'], more: false })),
    };
    const failures: unknown[] = [];
    const log = { warn: (failure: unknown) => failures.push(failure) };
    const deciding = { handle: (_: unknown, ...asked: Parameters<typeof handle>) => handle(...asked) };
    const time = { now: Date.now };
    const settings = { clockTickMs: 60_000 };
    const clock = new Clock({ handle } as never, deciding as never, due as never, time, settings, log as never, {
      knownEvents: 0,
    });
    clock.onApplicationBootstrap();
    await looked;
    await clock.onApplicationShutdown();
    expect([done, failures]).toEqual([['expiring', 'renewing'], []]);
  });
});

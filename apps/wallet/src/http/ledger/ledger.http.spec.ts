import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Catalogue } from '@tokengrid/contracts';
import { digestOf, EventStore, rebuildProjections, skipEvent } from '@tokengrid/event-store';
import { ownProjectionsOf, poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { definition, walletService } from '../../service.definition.ts';
import { runWallet, type RunningWallet } from '../../testing/run-wallet.ts';

interface Account {
  readonly account: string;
  readonly asset: string;
  readonly balance: string;
}

let wallet: RunningWallet;
let store: EventStore;

/** Some hundred events in every lane: several blocks, many of them begun within a batch. */
beforeAll(async () => {
  wallet = await runWallet();
  store = wallet.instance(EventStore);
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
  const parties = await Promise.all(Array.from({ length: 30 }, () => wallet.party()));
  await Promise.all(parties.map((party) => wallet.buy(party, '1000000')));
  for (let round = 0; round < 16; round++) {
    await Promise.all(
      parties.flatMap((party, index) => [
        wallet.post(party, 'sales', { tokens: String(index + 1) }),
        wallet.post(party, 'transfers', { toWalletId: parties[(index + 7) % 30]!.walletId, tokens: '5' }),
        wallet.post(party, 'sales', { tokens: '9000000' }),
        wallet.post(party, 'holds', { tokens: '3', expiresInSeconds: 600, reason: 'a use' }),
      ]),
    );
  }
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const booksAt = async (query: string) => (await wallet.get(wallet.operator, `/v1/ledger/trial-balance?${query}`)).body;

/** Balances by account and asset, from an answer's accounts. */
const balancesOf = (body: Record<string, unknown>) =>
  new Map(
    (body['accounts'] as Account[])
      .filter(({ balance }) => balance !== '0')
      .map(({ account, asset, balance }) => [`${account} ${asset}`, BigInt(balance)]),
  );

/** The same, summed here from the postings of a lane's stored events up to each of them. */
async function* addedUp(lane: number) {
  const balances = new Map<string, bigint>();
  yield { sequence: 0, time: 0, balances: new Map(balances) };
  for (const { event } of await store.eventsAfter(lane, 0, 100_000)) {
    const { postings = [] } = JSON.parse(event.value.toString()) as {
      postings?: { account: string; asset: string; amount: string }[];
    };
    for (const { account, asset, amount } of postings) {
      const key = `${account.replace(/^wallet:\w+:/, 'wallet:*:')} ${asset}`;
      const balance = (balances.get(key) ?? 0n) + BigInt(amount);
      if (balance === 0n) balances.delete(key);
      else balances.set(key, balance);
    }
    yield { sequence: event.sequence, time: event.time, balances: new Map(balances) };
  }
}

describe('the trial balance', () => {
  it('of a lane is exact at every sequence, and the identity holds there', async () => {
    let asked = 0;
    for (let lane = 0; lane < store.lanes; lane++) {
      for await (const { sequence, balances } of addedUp(lane)) {
        // Every sequence around a block's start, and some of the others.
        if (sequence % 256 > 2 && sequence % 256 < 254 && sequence % 19 !== 0) continue;
        const body = await booksAt(`lane=${lane}&sequence=${sequence}`);
        expect(body).toMatchObject({
          asOf: { lanes: [{ lane, sequence }] },
          identityHolds: true,
          balanced: true,
        });
        expect([sequence, balancesOf(body)]).toEqual([sequence, balances]);
        asked++;
      }
      expect(await store.sequenceAt(lane, Date.now())).toBeGreaterThan(256);
    }
    expect(asked).toBeGreaterThan(60);
  });

  it('is the same at a time as that of the lanes at their last events by then', async () => {
    const times = (await store.eventsAfter(0, 0, 100_000)).map(({ event }) => event.time);
    for (const time of [Date.UTC(2000, 0, 1), times[1]! - 1, times[200]!, times.at(-1)!, Date.now()]) {
      const body = await booksAt(`at=${new Date(time).toISOString()}`);
      const { lanes } = body['asOf'] as { lanes: { lane: number; sequence: number }[] };
      const sum = new Map<string, bigint>();
      for (const { lane, sequence } of lanes) {
        for (const [key, balance] of balancesOf(await booksAt(`lane=${lane}&sequence=${sequence}`))) {
          sum.set(key, (sum.get(key) ?? 0n) + balance);
        }
      }
      const inTransit = [...sum].filter(([, balance]) => balance !== 0n);
      expect(balancesOf(body)).toEqual(new Map(inTransit));
      expect(body).toMatchObject({ identityHolds: true, balanced: true });
    }
    const { asOf: _then, ...then } = await booksAt(`at=${new Date().toISOString()}`);
    const { asOf: _now, ...current } = await booksAt('');
    expect(then).toEqual(current);
  });

  it.each([
    ['at=2999-01-01T00:00:00Z', '/at'],
    ['at=2020-01-01T00:00:00Z&lane=0', '/at'],
    ['sequence=1', '/lane'],
    ['lane=3', '/lane'],
    ['lane=-1', '/lane'],
    ['lane=0&sequence=99999', '/sequence'],
  ])('is refused for ?%s', async (query, pointer) => {
    expect(await booksAt(query)).toMatchObject({ code: 'INVALID_ARGUMENT', errors: [{ pointer }] });
  });

  it('comes to the same rows when it is rebuilt in other batches', async () => {
    const pool = poolOf(wallet.instance(DataSource));
    const tables = ['lane_accounts', 'ledger_snapshots'];
    const before = await digestOf(pool, tables);
    expect(before[1]!.rows).toBeGreaterThan(store.lanes);
    const projections = ownProjectionsOf(walletService).filter(({ name }) => name === 'ledger');
    await rebuildProjections({ pool, catalogue: definition.catalogue, projections });
    expect(await digestOf(pool, tables)).toEqual(before);
  });

  it.each([
    ['is not JSON', () => '{'],
    ['has no postings', () => '{"tokens":"a few"}'],
    ['has postings, and is wrong elsewhere', (data: object) => JSON.stringify({ ...data, tokens: 'a few' })],
  ])('passes over an event that %s, once it is skipped', async (_, broken) => {
    const pool = poolOf(wallet.instance(DataSource));
    const lane = 0;
    const stored = await store.eventsAfter(lane, 0, 100_000);
    const sent = stored
      .map(({ event }) => event)
      .findLast(({ type, value }) => type === 'TokensSent' && isWhole(value));
    const { sequence, value } = sent!;
    const before = balancesOf(await booksAt(`lane=${lane}&sequence=${sequence - 1}`));
    const written = Buffer.from(broken(JSON.parse(value.toString()) as object));
    await pool.query('update events set value = $1 where lane = $2 and sequence = $3', [written, lane, sequence]);
    const there = `lane=${lane}&sequence=${sequence}`;
    if (!written.includes('postings')) expect(await booksAt(there)).toMatchObject({ code: 'STREAM_UNREADABLE' });
    const catalogue = definition.catalogue as unknown as Catalogue;
    await skipEvent({ pool, catalogue, lane, sequence, because: 'a test' });
    expect(balancesOf(await booksAt(there))).toEqual(before);
  });
});

const isWhole = (value: Buffer) => value.includes('"postings"') && !value.includes('a few');

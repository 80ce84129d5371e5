import { amount, catalogue, event, type EventOf, positiveAmount, posting } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { Aggregate, Decide } from '@tokengrid/kernel';
import { z } from 'zod';

/**
 * The measured work: the first half of a transfer as the wallet records it, with postings and
 * balances.
 */
const Moved = event(
  'Moved',
  'Tokens moved.',
  z.strictObject({ to: z.string(), tokens: positiveAmount, postings: z.array(posting) }),
);
const MoveRefused = event(
  'MoveRefused',
  'There was not enough.',
  z.strictObject({ available: amount, required: amount }),
);

export type BenchEvent = EventOf<typeof Moved | typeof MoveRefused>;
export const benchCatalogue = catalogue('bench', [Moved, MoveRefused] as const);

export interface Account {
  readonly available: bigint;
}

/** Every account starts with more than it can spend. */
export const account: Aggregate<Account, BenchEvent> = {
  name: 'account',
  stateVersion: 1,
  initial: { available: 10n ** 18n },
  evolve: (state, { type, data }) => (type === 'Moved' ? { available: state.available - data.tokens } : state),
};

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly tokens: bigint;
}

export const move: Decide<Account, Move, BenchEvent, unknown> = ({ available }, { from, to, tokens }, { lane }) => {
  if (available < tokens) return [MoveRefused({ available, required: tokens })];
  const postings = [
    { account: `wallet:${from}:available`, asset: 'AIT', amount: -tokens },
    { account: `lane:${lane}:in-transit`, asset: 'AIT', amount: tokens },
  ];
  return [Moved({ to, tokens, postings })];
};

export const benchBalances: Projection<BenchEvent, Map<string, bigint>> = {
  name: 'bench-balances',
  tables: ['bench_balances'],
  begin: () => new Map(),
  on: {
    Moved: (batch, { data }) => {
      for (const { account: name, amount: tokens } of data.postings) batch.set(name, (batch.get(name) ?? 0n) + tokens);
    },
    MoveRefused: 'ignored',
  },
  flush: async (sql, batch, lane) => {
    await sql.query(upsertBalances, [lane, [...batch.keys()], [...batch.values()].map(String)]);
  },
  flushLanes: async (sql, ofLanes) => {
    const changes = ofLanes.flatMap(({ lane, batch }) =>
      Array.from(batch, ([name, tokens]) => ({ lane, name, tokens })),
    );
    await sql.query(upsertOfLanes, [
      changes.map(({ lane }) => lane),
      changes.map(({ name }) => name),
      changes.map(({ tokens }) => String(tokens)),
    ]);
  },
};

export const upsertBalances = `insert into bench_balances (lane, account, balance)
  select $1::int, change.* from unnest($2::text[], $3::numeric[]) change
  on conflict (lane, account) do update set balance = bench_balances.balance + excluded.balance`;

/** The same for several lanes at once, as the hot projections of services are written. */
const upsertOfLanes = `insert into bench_balances (lane, account, balance)
  select * from unnest($1::int[], $2::text[], $3::numeric[])
  on conflict (lane, account) do update set balance = bench_balances.balance + excluded.balance`;

export const createBenchBalances = `create table bench_balances (lane int, account text, balance numeric(38) not null, primary key (lane, account))
   with (fillfactor = 60)`;

export const wallets = Array.from({ length: 1000 }, (_, index) => `wal_${String(index).padStart(26, '0')}`);

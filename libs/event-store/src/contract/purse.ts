import { amount, catalogue, event, type EventOf, positiveAmount } from '@tokengrid/contracts';
import { type Aggregate, type Decide, onSystemStream } from '@tokengrid/kernel';
import { z } from 'zod';
import type { Projection } from '../projection.ts';

/**
 * Smallest domain with everything that a store must handle: amounts, refusals, a lane's own stream
 * and a projection.
 */
export const Deposited = event(
  'Deposited',
  'Tokens came in.',
  z.strictObject({ tokens: positiveAmount, note: z.string().optional() }),
);
const Withdrawn = event('Withdrawn', 'Tokens went out.', z.strictObject({ tokens: positiveAmount }));
const WithdrawalRefused = event(
  'WithdrawalRefused',
  'There was not enough.',
  z.strictObject({ required: amount, available: amount, code: z.string() }),
);
const LaneMoved = event('LaneMoved', 'What a lane has moved in all.', z.strictObject({ tokens: positiveAmount }));

const events = [Deposited, Withdrawn, WithdrawalRefused, LaneMoved] as const;
export type PurseEvent = EventOf<(typeof events)[number]>;
export const purseCatalogue = catalogue('purse', events);

export interface Purse {
  readonly tokens: bigint;
}

export const purse: Aggregate<Purse, PurseEvent> = {
  name: 'purse',
  stateVersion: 1,
  initial: { tokens: 0n },
  evolve: (state, { type, data }) => {
    switch (type) {
      case 'Deposited':
        return { tokens: state.tokens + data.tokens };
      case 'Withdrawn':
        return { tokens: state.tokens - data.tokens };
      case 'WithdrawalRefused':
      case 'LaneMoved':
        return state;
    }
  },
};

export interface Moved {
  readonly tokens: bigint;
}

export const moved: Aggregate<Moved, PurseEvent> = {
  name: 'moved',
  stateVersion: 1,
  initial: { tokens: 0n },
  evolve: (state, { type, data }) => (type === 'LaneMoved' ? { tokens: state.tokens + data.tokens } : state),
};

export type PurseDecision<Data> = Decide<Purse, Data, PurseEvent, Moved>;

export const deposit: PurseDecision<{ tokens: bigint; note?: string }> = (_purse, data) => [Deposited(data)];

export const withdraw: PurseDecision<{ tokens: bigint }> = (state, { tokens }) =>
  state.tokens < tokens
    ? [WithdrawalRefused({ required: tokens, available: state.tokens, code: 'PURSE.EMPTY' })]
    : [Withdrawn({ tokens }), onSystemStream(LaneMoved({ tokens }))];

/** A decision with a bug. */
export const explode: PurseDecision<object> = () => {
  throw new Error('this decision has a bug');
};

/** Balances by purse. The note `unwritable` is data that Postgres refuses. */
export const purseBalances: Projection<PurseEvent, Map<string, bigint>> = {
  name: 'purse-balances',
  tables: ['purse_balances'],
  begin: () => new Map(),
  on: {
    Deposited: (batch, { streamId, data }) => {
      const key = data.note === 'unwritable' ? 'nul\0' : streamId;
      batch.set(key, (batch.get(key) ?? 0n) + data.tokens);
    },
    Withdrawn: (batch, { streamId, data }) => void batch.set(streamId, (batch.get(streamId) ?? 0n) - data.tokens),
    WithdrawalRefused: 'ignored',
    LaneMoved: 'ignored',
  },
  flush: async (sql, batch, lane) => {
    await sql.query(
      `insert into purse_balances (lane, purse, tokens)
       select $1::int, change.* from unnest($2::text[], $3::numeric[]) change
       on conflict (lane, purse) do update set tokens = purse_balances.tokens + excluded.tokens`,
      [lane, [...batch.keys()], [...batch.values()].map(String)],
    );
  },
};

export const createPurseBalances = `
  create table purse_balances (lane int, purse text, tokens numeric(38) not null, primary key (lane, purse));
  comment on table purse_balances is 'lane'`;

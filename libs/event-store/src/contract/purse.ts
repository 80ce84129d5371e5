import { amount, catalogue, event, type EventOf, positiveAmount } from '@tokengrid/contracts';
import { type Aggregate, type Decide, onSystemStream } from '@tokengrid/kernel';
import { z } from 'zod';
import type { LookUp } from '../look-up.ts';
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

/** What a deposit finds whose note is in its lane already. */
export class NotedBefore extends Error {
  /** @param at the purse, and the sequence of its event */
  constructor(readonly at: string) {
    super(`noted before: ${at}`);
  }
}

/** A deposit that each note of a lane allows once. Its command names the note as its key. */
export const depositOnce: PurseDecision<{ tokens: bigint; note: string }> = (_purse, data, { found }) => {
  const before = found(data.note);
  if (before !== undefined) throw new NotedBefore(before);
  return [Deposited(data)];
};

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

/** Notes of deposits, with the place of the last deposit of each. */
export const purseNotes: Projection<PurseEvent, Map<string, string>> = {
  name: 'purse-notes',
  tables: ['purse_notes'],
  begin: () => new Map(),
  on: {
    Deposited: (batch, event) => {
      for (const [note, place] of notesLookUp.setBy(event)) batch.set(note, place);
    },
    Withdrawn: 'ignored',
    WithdrawalRefused: 'ignored',
    LaneMoved: 'ignored',
  },
  flush: async (sql, batch, lane) => {
    if (batch.size === 0) return;
    await sql.query(
      `insert into purse_notes (lane, note, place) select $1::int, noted.* from unnest($2::text[], $3::text[]) noted
       on conflict (lane, note) do update set place = excluded.place`,
      [lane, [...batch.keys()], [...batch.values()]],
    );
  },
};

/** In two partitions: a table of many rows that grow old may be divided. */
export const createPurseNotes = `
  create table purse_notes (lane int, note text, place text not null, primary key (lane, note)) partition by hash (note);
  comment on table purse_notes is 'lane';
  create table purse_notes_0 partition of purse_notes for values with (modulus 2, remainder 0);
  create table purse_notes_1 partition of purse_notes for values with (modulus 2, remainder 1)`;

/** Looks up notes of deposits. */
export const notesLookUp: LookUp<PurseEvent> = {
  read: async (sql, lane, keys) => {
    const { rows } = await sql.query<{ note: string; place: string }>(
      'select note, place from unnest($2::text[]) key join purse_notes on lane = $1 and note = key',
      [lane, keys],
    );
    return new Map(rows.map(({ note, place }) => [note, place]));
  },
  setBy: ({ type, streamId, sequence, data }) =>
    type === 'Deposited' && data.note !== undefined ? [[data.note, `${streamId} ${sequence}`]] : [],
};

import type { chargeEvents, EventOf, EventsOf, RefundedUse, WalletCharged, WalletEvent } from '@tokengrid/contracts';
import {
  flushing,
  laneStatement,
  type LookUp,
  type Projection,
  type SqlWriter,
  writeRows,
} from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { periodKeyOf, periodNamed, periodOfKey } from '../decisions/rules/period-account.ts';
import { useKeyOf, useMark } from '../decisions/rules/use-so-far.ts';
import type { ChargedUseRow, UseChangeRow, WaitingUseRow } from './charged-uses.table.ts';

interface Batch {
  readonly charged: Omit<ChargedUseRow, 'lane'>[];
  readonly changes: Omit<UseChangeRow, 'lane'>[];
  /** Uses that waited no longer at some time of the batch. */
  readonly settled: Set<string>;
  /** Uses that wait at its end. */
  readonly waiting: Map<string, Omit<WaitingUseRow, 'lane'>>;
}

type Charged = Recorded<EventOf<typeof WalletCharged>>;

function collect({ charged, changes, settled, waiting }: Batch, { sequence, data }: Charged): void {
  const { walletId, partyId, ratedBy, uses, refused, refunded } = data;
  const at = { walletId, sequence };
  const settle = (usageId: string) => {
    settled.add(usageId);
    waiting.delete(usageId);
  };
  for (const { usageId, chargeId, number } of uses) {
    if (number === undefined && ratedBy !== undefined) {
      charged.push({ ...at, chargeId });
      continue;
    }
    changes.push({ ...at, usageId, chargeId, waits: false });
    settle(usageId);
  }
  for (const { usageId, chargeId, tokens, key: keyId = null, countsIn } of refused) {
    changes.push({ ...at, usageId, chargeId, waits: true });
    const since = waiting.get(usageId)?.since ?? sequence;
    const period = countsIn ? periodNamed(countsIn) : null;
    waiting.set(usageId, { usageId, walletId, since, chargeId, partyId, keyId, tokens, period });
  }
  for (const refund of refunded) {
    const { usageId, chargeId } = refund;
    if (isRest(data, refund)) {
      charged.push({ ...at, chargeId });
      continue;
    }
    changes.push({ ...at, usageId, chargeId, waits: false });
    settle(usageId);
  }
}

/**
 * True for what another event left to give back: it is of the use's charge there, and has a receipt
 * of its own here.
 */
const isRest = ({ ratedBy }: Charged['data'], { setOffBy }: RefundedUse): boolean =>
  ratedBy === undefined && setOffBy === undefined;

/**
 * Events about uses: of a use that is charged as it was rated, by its charge's id; of refusals,
 * corrections and what had waited, by the use's id. And what waits for tokens.
 */
export const chargedUses: Projection<EventsOf<typeof chargeEvents>, Batch> = {
  name: 'charged-uses',
  tables: ['charged_uses', 'use_changes', 'waiting_uses'],
  begin: () => ({ charged: [], changes: [], settled: new Set(), waiting: new Map() }),
  on: { WalletCharged: collect },
  ...flushing(async (sql, ofLanes) => {
    const charged = ofLanes.map(({ lane, batch }) => ({ lane, rows: batch.charged }));
    await writeRows(sql, insertCharged, charged, (rows) => [
      rows.map(({ chargeId }) => chargeId),
      rows.map(({ walletId }) => walletId),
      rows.map(({ sequence }) => sequence),
    ]);
    for (const { lane, batch } of ofLanes) await writeChanges(sql, batch, lane);
  }),
};

/** Few uses are refused, corrected or waited for: they are written by lane. */
async function writeChanges(sql: SqlWriter, { changes, settled, waiting }: Batch, lane: number): Promise<void> {
  if (changes.length > 0) await insertChanges(sql, lane, changes);
  if (settled.size > 0) {
    await sql.query('delete from waiting_uses where lane = $1 and usage_id = any($2::text[])', [lane, [...settled]]);
  }
  const left = [...waiting.values()];
  if (left.length > 0) await upsertWaiting(sql, lane, left);
}

const insertCharged = laneStatement(
  ({ lane, array, column }) => `
  insert into charged_uses (lane, charge_id, wallet_id, sequence)
  select ${lane}, charge_id, wallet_id, sequence
  from unnest(${array}$2::text[], $3::text[], $4::bigint[]) charged (${column}charge_id, wallet_id, sequence)`,
);

async function insertChanges(sql: SqlWriter, lane: number, changes: Batch['changes']): Promise<void> {
  await sql.query(
    `insert into use_changes (lane, usage_id, sequence, charge_id, wallet_id, waits)
     select $1::int, usage_id, sequence, charge_id, wallet_id, waits = 1
     from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::int[])
       change (usage_id, sequence, charge_id, wallet_id, waits)`,
    [
      lane,
      changes.map(({ usageId }) => usageId),
      changes.map(({ sequence }) => sequence),
      changes.map(({ chargeId }) => chargeId),
      changes.map(({ walletId }) => walletId),
      changes.map(({ waits }) => (waits ? 1 : 0)),
    ],
  );
}

/** What waited of a use before keeps its place. */
async function upsertWaiting(sql: SqlWriter, lane: number, waiting: readonly Omit<WaitingUseRow, 'lane'>[]) {
  await sql.query(
    `insert into waiting_uses (lane, usage_id, wallet_id, since, charge_id, party_id, key_id, tokens, period)
     select $1::int, waiting.* from unnest(
       $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::text[]
     ) waiting
     on conflict (lane, usage_id) do update set charge_id = excluded.charge_id, tokens = excluded.tokens`,
    [
      lane,
      waiting.map(({ usageId }) => usageId),
      waiting.map(({ walletId }) => walletId),
      waiting.map(({ since }) => since),
      waiting.map(({ chargeId }) => chargeId),
      waiting.map(({ partyId }) => partyId),
      waiting.map(({ keyId }) => keyId),
      waiting.map(({ tokens }) => tokens.toString()),
      waiting.map(({ period }) => period),
    ],
  );
}

/**
 * Looks up the last event about a use, by {@link useKeyOf}, or about a subscription's period, by
 * {@link periodKeyOf}: decisions on corrections, on waiting uses, and on what periods give back
 * tell by it whether what they know is up to date.
 */
export const usesLookUp: LookUp<WalletEvent> = {
  async read(sql, lane, keys) {
    const uses = keys.filter((key) => periodOfKey(key) === undefined);
    const { rows } = await sql.query<{ readonly key: string; readonly sequence: string }>(selectLast, [
      lane,
      uses.map((key) => `chg_${key}`),
      uses.map((key) => `usg_${key}`),
      keys.flatMap((key) => periodOfKey(key) ?? []),
    ]);
    return new Map(rows.map(({ key, sequence }) => [key, useMark(Number(sequence))]));
  },
  setBy: ({ type, sequence, data }) => {
    if (type !== 'WalletCharged') return [];
    const uses = [...data.uses, ...data.refused, ...data.refunded];
    const own = [...data.uses, ...data.refused, ...data.refunded.filter((refund) => !isRest(data, refund))];
    const periods = new Set(uses.flatMap(({ countsIn }) => (countsIn ? [periodNamed(countsIn)] : [])));
    return [...own.map(({ usageId }) => useKeyOf(usageId)), ...Array.from(periods, periodKeyOf)].map(
      (key) => [key, useMark(sequence)] as const,
    );
  },
};

const selectLast = `
  select substr(id, 5) as key, max(sequence) as sequence from (
    select charge_id as id, sequence from charged_uses where lane = $1 and charge_id = any($2::text[])
    union all
    select usage_id, sequence from use_changes where lane = $1 and usage_id = any($3::text[])
  ) found group by 1
  union all
  select '${periodKeyOf('')}' || period, max(sequence) from period_accounts
  where lane = $1 and period = any($4::text[]) group by period`;

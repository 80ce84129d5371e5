import type { chargeEvents, EventsOf, holdEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import { holdIdOfSlice } from '../decisions/state/holds.ts';
import type { HoldStatus } from './holds.table.ts';

/** Changes of one hold in a batch. */
interface Change {
  readonly holdId: string;
  /** Placement, if it is in the batch. */
  placed?: {
    readonly walletId: string;
    readonly reason: string;
    readonly placedAt: number;
  };
  /** From the batch's last event that states them. */
  memberIds: readonly string[] | null;
  tokens: bigint;
  captured: bigint;
  shortfall: bigint;
  expiresAt: number | null;
  status: HoldStatus | null;
}

type Batch = Map<string, Change>;

function changeOf(batch: Batch, holdId: string): Change {
  let change = batch.get(holdId);
  if (!change) {
    change = { holdId, memberIds: null, tokens: 0n, captured: 0n, shortfall: 0n, expiresAt: null, status: null };
    batch.set(holdId, change);
  }
  return change;
}

/** A final capture has already ended the hold; its release comes after it. */
const ended = (status: HoldStatus) => (batch: Batch, event: { readonly data: { holdId: string; tokens: bigint } }) => {
  const change = changeOf(batch, event.data.holdId);
  change.tokens -= event.data.tokens;
  change.status ??= status;
};

/** All holds and their resolution: finds a hold's wallet, and due holds for the clock. */
export const holds: Projection<EventsOf<typeof holdEvents | typeof chargeEvents>, Batch> = {
  name: 'holds',
  tables: ['holds'],
  begin: () => new Map(),
  on: {
    HoldPlaced: (batch, { data: { holdId, walletId, memberIds = [], tokens, reason, expiresAt }, time }) => {
      const change = changeOf(batch, holdId);
      change.placed = { walletId, reason, placedAt: time };
      change.memberIds = memberIds;
      change.tokens = tokens;
      change.expiresAt = Date.parse(expiresAt);
    },
    HoldExtended: (batch, { data: { holdId, memberIds = [], tokens, expiresAt } }) => {
      const change = changeOf(batch, holdId);
      change.memberIds = memberIds;
      change.tokens += tokens;
      change.expiresAt = Date.parse(expiresAt);
    },
    HoldCaptured: (batch, { data: { holdId, tokens, shortfall, lots, final } }) => {
      const change = changeOf(batch, holdId);
      for (const lot of lots) change.tokens -= lot.tokens;
      change.captured += tokens;
      change.shortfall += shortfall;
      if (final) change.status = 'captured';
    },
    WalletCharged: (batch, { data: { uses } }) => {
      for (const { slice, held = [] } of uses) {
        for (const { tokens } of slice ? held : []) {
          const change = changeOf(batch, holdIdOfSlice(slice!.sliceId));
          change.tokens -= tokens;
          change.captured += tokens;
        }
      }
    },
    HoldReduced: (batch, { data: { holdId, tokens } }) => {
      changeOf(batch, holdId).tokens -= tokens;
    },
    HoldsRecalled: 'ignored',
    HoldReleased: ended('released'),
    HoldExpired: ended('expired'),
    HoldRefused: 'ignored',
    HoldExtensionRefused: 'ignored',
    CaptureRefused: 'ignored',
    HoldReleaseRefused: 'ignored',
  },
  async flush(sql, batch, lane) {
    const changes = [...batch.values()];
    const placed = changes.filter((change) => change.placed !== undefined);
    const changed = changes.filter((change) => change.placed === undefined);
    if (placed.length > 0) await insert(sql, lane, placed);
    if (changed.length > 0) await update(sql, lane, changed);
  },
};

const columnsOf = (changes: readonly Change[]) => [
  changes.map(({ holdId }) => holdId),
  changes.map(({ status }) => status),
  changes.map(({ tokens }) => tokens.toString()),
  changes.map(({ captured }) => captured.toString()),
  changes.map(({ shortfall }) => shortfall.toString()),
  changes.map(({ expiresAt }) => expiresAt),
  // As JSON: Postgres has no arrays of arrays of different lengths.
  changes.map(({ memberIds }) => memberIds && JSON.stringify(memberIds)),
];

async function insert(sql: SqlWriter, lane: number, placed: readonly Change[]): Promise<void> {
  await sql.query(
    `insert into holds
       (lane, hold_id, status, tokens, captured, shortfall, expires_at, member_ids, wallet_id, reason, placed_at)
     select $11::int, hold_id, coalesce(status, 'open'), tokens, captured, shortfall, expires_at,
       array(select jsonb_array_elements_text(member_ids)), wallet_id, reason, placed_at
     from unnest(
       $1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[], $6::bigint[], $7::jsonb[], $8::text[], $9::text[],
       $10::bigint[]
     ) placed (hold_id, status, tokens, captured, shortfall, expires_at, member_ids, wallet_id, reason, placed_at)`,
    [
      ...columnsOf(placed),
      placed.map((change) => change.placed!.walletId),
      placed.map((change) => change.placed!.reason),
      placed.map((change) => change.placed!.placedAt),
      lane,
    ],
  );
}

async function update(sql: SqlWriter, lane: number, changed: readonly Change[]): Promise<void> {
  await sql.query(
    `update holds
     set status = coalesce(change.status, holds.status), tokens = holds.tokens + change.tokens,
       captured = holds.captured + change.captured, shortfall = holds.shortfall + change.shortfall,
       expires_at = coalesce(change.expires_at, holds.expires_at),
       member_ids = case when change.member_ids is null then holds.member_ids
         else array(select jsonb_array_elements_text(change.member_ids)) end
     from unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[], $6::bigint[], $7::jsonb[])
       change (hold_id, status, tokens, captured, shortfall, expires_at, member_ids)
     where holds.lane = $8 and holds.hold_id = change.hold_id`,
    [...columnsOf(changed), lane],
  );
}

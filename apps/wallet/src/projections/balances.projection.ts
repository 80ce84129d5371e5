import type { EventsOf, statusEvents, WalletEvent, walletMoneyEvents, WalletStatus } from '@tokengrid/contracts';
import type { LaneRows, Projection, SqlWriter } from '@tokengrid/event-store';
import type { EventNamed, EventPosition, Recorded } from '@tokengrid/kernel';
import { sumOf } from '../decisions/state/lots.ts';
import type { EntryType } from './entries.table.ts';

type Named<Type extends WalletEvent['type']> = Recorded<EventNamed<WalletEvent, Type>>;

/** A change of a wallet's available, held and owed tokens; µAIT, signed. */
interface Change {
  readonly tokens: bigint;
  readonly held: bigint;
  readonly debt: bigint;
}

/** One change of a wallet, with the wallet's total change in the batch up to it. */
interface Entry extends Change {
  readonly walletId: string;
  readonly at: EventPosition;
  readonly type: EntryType;
  readonly running: Change;
  readonly reference: string | null;
  readonly otherWalletId: string | null;
  readonly memo: string | null;
  readonly uses: number | null;
}

type StatusChange = EventPosition & { readonly data: { readonly walletId: string; readonly status: WalletStatus } };

interface Batch {
  readonly opened: Named<'WalletOpened'>[];
  /** Last status of each wallet in the batch. */
  readonly statuses: Map<string, StatusChange>;
  readonly entries: Entry[];
  /** The last entry of each wallet in the batch. */
  readonly last: Map<string, Entry>;
}

interface Details {
  readonly reference?: string | undefined;
  readonly otherWalletId?: string;
  readonly memo?: string | undefined;
  readonly uses?: number;
}

type OfWallet = EventPosition & { readonly data: { readonly walletId: string } };
type Moved = OfWallet & { readonly data: { readonly tokens: bigint } };

function changeStatus(batch: Batch, event: StatusChange): void {
  batch.statuses.set(event.data.walletId, event);
}

/** Adds an entry for tokens that came in (`1n`) or went out (`-1n`). */
function enter(batch: Batch, at: Moved, type: EntryType, sign: 1n | -1n, details: Details): void {
  change(batch, at, type, { tokens: sign * at.data.tokens }, details);
}

/** Adds an entry for tokens set aside (`1n`) or returned (`-1n`). */
function hold(
  batch: Batch,
  at: Moved & { readonly data: { readonly holdId: string } },
  type: EntryType,
  sign: 1n | -1n,
) {
  const { tokens, holdId } = at.data;
  change(batch, at, type, { tokens: -sign * tokens, held: sign * tokens }, { reference: holdId });
}

const nothing: Change = { tokens: 0n, held: 0n, debt: 0n };

function change(batch: Batch, at: OfWallet, type: EntryType, changed: Partial<Change>, details: Details): void {
  const { walletId } = at.data;
  const { tokens, held, debt } = { ...nothing, ...changed };
  const before = batch.last.get(walletId)?.running ?? nothing;
  const running = { tokens: before.tokens + tokens, held: before.held + held, debt: before.debt + debt };
  const { reference = null, otherWalletId = null, memo = null, uses = null } = details;
  const entry = { walletId, at, type, tokens, held, debt, running, reference, otherWalletId, memo, uses };
  batch.entries.push(entry);
  batch.last.set(walletId, entry);
}

/** Balance of every wallet, and its entries with the balance after each. */
export const balances: Projection<EventsOf<typeof statusEvents | typeof walletMoneyEvents>, Batch> = {
  name: 'balances',
  tables: ['wallets', 'entries'],
  begin: () => ({ opened: [], statuses: new Map(), entries: [], last: new Map() }),
  on: {
    WalletOpened: (batch, event) => void batch.opened.push(event),
    WalletFrozen: changeStatus,
    WalletUnfrozen: changeStatus,
    WalletClosed: changeStatus,
    WalletReopened: changeStatus,
    ClosureRefused: 'ignored',
    ReopeningRefused: 'ignored',
    TokensPurchased: (batch, event) => enter(batch, event, 'purchase', 1n, { reference: event.data.purchaseId }),
    TokensSold: (batch, event) => enter(batch, event, 'sale', -1n, { reference: event.data.saleId }),
    TokensSent: (batch, event) => {
      const { transferId, toWalletId, memo } = event.data;
      enter(batch, event, 'transfer-out', -1n, { reference: transferId, otherWalletId: toWalletId, memo });
    },
    TokensReceived: (batch, event) => {
      const { transferId, fromWalletId, memo } = event.data;
      enter(batch, event, 'transfer-in', 1n, { reference: transferId, otherWalletId: fromWalletId, memo });
    },
    TransferReturned: (batch, event) => {
      const { transferId, toWalletId } = event.data;
      enter(batch, event, 'transfer-returned', 1n, { reference: transferId, otherWalletId: toWalletId });
    },
    TokensGranted: (batch, event) => enter(batch, event, 'grant', 1n, { reference: event.data.grantId }),
    TokensExpired: (batch, event) => enter(batch, event, 'expiry', -1n, {}),
    WalletCharged: (batch, event) => {
      const { uses, refunded, ratedBy, tokens, givenBack } = event.data;
      const moved = uses.length + refunded.filter((use) => use.tokens > 0n).length;
      if (moved === 0) return;
      const held = sumOf(uses.flatMap((use) => use.held ?? []));
      const type = givenBack > tokens ? 'refund' : 'charge';
      change(
        batch,
        event,
        type,
        { tokens: held + givenBack - tokens, held: -held },
        { reference: ratedBy, uses: moved },
      );
    },
    HoldPlaced: (batch, event) => hold(batch, event, 'hold', 1n),
    HoldExtended: (batch, event) => {
      if (event.data.tokens > 0n) hold(batch, event, 'hold', 1n);
    },
    HoldReduced: (batch, event) => hold(batch, event, 'release', -1n),
    HoldReleased: (batch, event) => hold(batch, event, 'release', -1n),
    HoldExpired: (batch, event) => hold(batch, event, 'hold-expiry', -1n),
    HoldCaptured: (batch, event) => {
      const { lots, beyond, captureId } = event.data;
      change(batch, event, 'capture', { tokens: -sumOf(beyond), held: -sumOf(lots) }, { reference: captureId });
    },
    EarningsReceived: (batch, event) => enter(batch, event, 'earnings', 1n, { reference: event.data.statementId }),
    VoucherIssued: (batch, event) => enter(batch, event, 'voucher', 1n, { reference: event.data.voucherId }),
    VoucherReturned: (batch, event) =>
      enter(batch, event, 'voucher-returned', -1n, { otherWalletId: event.data.funderWalletId }),
    VoucherRefunded: (batch, event) =>
      enter(batch, event, 'voucher-refund', 1n, { otherWalletId: event.data.fromWalletId }),
    PlanReset: (batch, event) => {
      const { expired, planId } = event.data;
      if (expired > 0n) change(batch, event, 'expiry', { tokens: -expired }, { reference: planId });
    },
    PurchaseReversed: (batch, event) => {
      const { lots, debt, purchaseId } = event.data;
      change(batch, event, 'reversal', { tokens: -sumOf(lots), debt }, { reference: purchaseId });
    },
    PurchaseRestored: (batch, event) => {
      const { lot, debt, purchaseId } = event.data;
      change(batch, event, 'restoration', { tokens: lot?.tokens ?? 0n, debt: -debt }, { reference: purchaseId });
    },
    DebtPaid: (batch, event) => {
      const { tokens } = event.data;
      change(batch, event, 'debt-payment', { tokens: -tokens, debt: -tokens }, {});
    },
  },
  flush: (sql, batch, lane) =>
    write(sql, [{ lane, batch }], (moved) => sql.query(moveInLane, [...valuesOf(moved), lane])),
  flushLanes: (sql, ofLanes) => write(sql, ofLanes, (moved) => sql.query(moveInLanes, valuesOf(moved))),
};

type OfLanes = readonly LaneRows<Batch>[];

/** Most events move tokens, few open a wallet or set its status: the latter are written by lane. */
async function write(sql: SqlWriter, ofLanes: OfLanes, move: (moved: OfLanes) => Promise<unknown>): Promise<void> {
  for (const { lane, batch } of ofLanes) if (batch.opened.length > 0) await insertOpened(sql, lane, batch.opened);
  const moved = ofLanes.filter(({ batch }) => batch.entries.length > 0);
  if (moved.length > 0) await move(moved);
  for (const { lane, batch } of ofLanes)
    if (batch.statuses.size > 0) await setStatuses(sql, lane, [...batch.statuses.values()]);
}

/**
 * Sets statuses, after moving tokens: the later of the two is the last event that changed the
 * wallet.
 */
async function setStatuses(sql: SqlWriter, lane: number, changed: readonly StatusChange[]): Promise<void> {
  await sql.query(
    `update wallets set status = changed.status, sequence = greatest(wallets.sequence, changed.sequence)
     from unnest($2::text[], $3::text[], $4::bigint[]) changed (wallet_id, status, sequence)
     where wallets.lane = $1 and wallets.wallet_id = changed.wallet_id`,
    [
      lane,
      changed.map(({ data }) => data.walletId),
      changed.map(({ data }) => data.status),
      changed.map(({ sequence }) => sequence),
    ],
  );
}

async function insertOpened(sql: SqlWriter, lane: number, opened: Batch['opened']): Promise<void> {
  await sql.query(
    `insert into wallets (lane, wallet_id, party_id, status, available, held, sequence)
     select $1::int, wallet_id, party_id, 'open', 0, 0, sequence
     from unnest($2::text[], $3::text[], $4::bigint[]) opened (wallet_id, party_id, sequence)`,
    [
      lane,
      opened.map(({ data }) => data.walletId),
      opened.map(({ data }) => data.partyId),
      opened.map(({ sequence }) => sequence),
    ],
  );
}

/** Parameters of {@link updateAndEnter}, a row for each changed wallet and for each entry. */
function valuesOf(moved: OfLanes): readonly unknown[] {
  const changes = moved.flatMap(({ lane, batch }) => [...batch.last.values()].map((entry) => ({ lane, ...entry })));
  const entries = moved.flatMap(({ lane, batch }) => batch.entries.map((entry) => ({ lane, ...entry })));
  return [
    changes.map(({ lane }) => lane),
    changes.map(({ walletId }) => walletId),
    changes.map(({ running }) => running.tokens.toString()),
    changes.map(({ running }) => running.held.toString()),
    changes.map(({ running }) => running.debt.toString()),
    changes.map(({ at }) => at.sequence),
    entries.map(({ lane }) => lane),
    entries.map(({ walletId }) => walletId),
    entries.map(({ at }) => at.sequence),
    entries.map(({ type }) => type),
    entries.map(({ tokens }) => tokens.toString()),
    entries.map(({ running }) => running.tokens.toString()),
    entries.map(({ held }) => held.toString()),
    entries.map(({ running }) => running.held.toString()),
    entries.map(({ running }) => running.debt.toString()),
    entries.map(({ at }) => at.time),
    entries.map(({ reference }) => reference),
    entries.map(({ otherWalletId }) => otherWalletId),
    entries.map(({ memo }) => memo),
    entries.map(({ uses }) => uses),
  ];
}

/**
 * Writes balances and entries in one statement: each entry's balance is the wallet's before the
 * batch plus the batch's changes up to it. The lanes' locks make this the only writer of their
 * wallets.
 */
const updateAndEnter = (laneOf: (row: string) => string) => `
  with changed as (
    update wallets set available = available + change.tokens, held = wallets.held + change.held,
      debt = wallets.debt + change.debt, sequence = change.sequence
    from unnest($1::int[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[], $6::bigint[])
      change (lane, wallet_id, tokens, held, debt, sequence)
    where wallets.lane = ${laneOf('change')} and wallets.wallet_id = change.wallet_id
    returning wallets.lane, wallets.wallet_id, wallets.available - change.tokens as before,
      wallets.held - change.held as held_before, wallets.debt - change.debt as debt_before
  )
  insert into entries
    (lane, wallet_id, sequence, type, tokens, balance_after, held, held_after, debt_after, time, reference, other_wallet_id, memo,
     uses)
  select ${laneOf('entry')}, wallet_id, entry.sequence, type, tokens, before + running, held, held_before + running_held,
    debt_before + running_debt, time, reference, other_wallet_id, memo, uses
  from unnest(
    $7::int[], $8::text[], $9::bigint[], $10::text[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[],
    $15::numeric[], $16::bigint[], $17::text[], $18::text[], $19::text[], $20::int[]
  ) entry (
    lane, wallet_id, sequence, type, tokens, running, held, running_held, running_debt, time, reference, other_wallet_id,
    memo, uses
  )
  join changed using (lane, wallet_id)`;

const moveInLanes = updateAndEnter((row) => `${row}.lane`);

/** For rows of a distributed Postgres, which sends a statement with its lane to one server. */
const moveInLane = updateAndEnter(() => '$21::int');

import type { contradictionEvents, EventsOf, paymentEvents, purchaseEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { EventPosition } from '@tokengrid/kernel';
import type { PurchaseRow } from './purchases.table.ts';

/** Changes of one purchase in a batch: its start, its outcome, or both. */
interface Change extends Sums {
  begun?: ReturnType<typeof begunBy>;
  status?: PurchaseRow['status'];
  paymentId?: string | undefined;
  paymentUrl?: string | undefined;
  failureCode?: string;
  failureReason?: string | undefined;
  paidBy?: string | undefined;
  resolvedAt?: number;
}

/** Amounts to add to a purchase. */
interface Sums {
  paid: bigint;
  credited: bigint;
  refunded: bigint;
  disputed: bigint;
  won: bigint;
  reversed: bigint;
  takenBack: bigint;
  changes: number;
}

const nothing = {
  ...{ paid: 0n, credited: 0n, refunded: 0n, disputed: 0n, won: 0n, reversed: 0n, takenBack: 0n, changes: 0 },
};

type Batch = Map<string, Change>;

function changeOf(batch: Batch, purchaseId: string): Change {
  let change = batch.get(purchaseId);
  if (!change) batch.set(purchaseId, (change = { ...nothing }));
  return change;
}

interface OfPurchase {
  readonly time: number;
  readonly data: { readonly purchaseId: string };
}

/** Counts a change of the wallet's purchases, as its state does, and records it. */
function count(batch: Batch, { data: { purchaseId } }: OfPurchase, what: Partial<Change> = {}): Change {
  const change = Object.assign(changeOf(batch, purchaseId), what);
  change.changes += 1;
  return change;
}

interface Begun extends EventPosition {
  readonly data: {
    readonly walletId: string;
    readonly tokens: bigint;
    readonly method: PurchaseRow['method'];
    readonly price: { readonly currency: string; readonly amount: bigint };
    readonly priceVersion: number;
    readonly priceHoldsUntil?: string;
    readonly expiresAt?: string;
  };
}

const timeOf = (instant: string | undefined) => (instant === undefined ? null : Date.parse(instant));

const begunBy = ({ id, time, correlationId, actor, data }: Begun) => ({
  ...{ walletId: data.walletId, tokens: data.tokens, method: data.method, priceVersion: data.priceVersion },
  ...{ currency: data.price.currency, amount: data.price.amount },
  ...{ priceHoldsUntil: timeOf(data.priceHoldsUntil), expiresAt: timeOf(data.expiresAt) },
  ...{ causationId: id, correlationId, actor, createdAt: time },
});

const tallyOf = { refunded: 'refunded', disputed: 'disputed', dispute_won: 'won' } as const;

/**
 * All purchases and their outcomes: tells a party whether one was paid, and finds a notice's
 * wallet.
 */
export const purchases: Projection<
  EventsOf<typeof purchaseEvents | typeof paymentEvents | typeof contradictionEvents>,
  Batch
> = {
  name: 'purchases',
  tables: ['purchases'],
  begin: () => new Map(),
  on: {
    PurchasePending: (batch, event) => {
      const change = changeOf(batch, event.data.purchaseId);
      change.begun = begunBy(event);
      change.status = 'pending';
    },
    PaymentRequested: (batch, { data: { purchaseId, paymentId, paymentUrl } }) => {
      Object.assign(changeOf(batch, purchaseId), { paymentId, paymentUrl });
    },
    TokensPurchased: (batch, event) => {
      const { purchaseId, method, tokens, price, paymentId } = event.data;
      const change = changeOf(batch, purchaseId);
      // Inserted unless it was pending in an earlier batch; then its first event stands.
      change.begun ??= begunBy(event);
      Object.assign(change, { status: 'completed', resolvedAt: event.time, paidBy: paymentId ?? change.paidBy });
      change.paid += price.amount;
      change.credited += tokens;
      if (method === 'payment-provider') change.changes += 1;
    },
    PurchaseFailed: (batch, event) => {
      const { code: failureCode, reason: failureReason } = event.data;
      count(batch, event, { status: 'failed', failureCode, failureReason, resolvedAt: event.time });
    },
    PurchaseExpired: (batch, event) => void count(batch, event, { status: 'expired', resolvedAt: event.time }),
    PurchaseCancelled: (batch, event) => void count(batch, event, { status: 'cancelled', resolvedAt: event.time }),
    PaymentNoticeTaken: (batch, event) => {
      count(batch, event)[tallyOf[event.data.kind]] += event.data.paid.amount;
    },
    PurchaseReversed: (batch, event) => {
      const { kind, price, tokens } = event.data;
      const change = count(batch, event);
      change.reversed += price.amount;
      change.takenBack += tokens;
      // No notice was taken for it: it counts as refunded.
      if (kind === 'operator') change.refunded += price.amount;
    },
    PurchaseRestored: (batch, event) => {
      const change = count(batch, event);
      change.reversed -= event.data.price.amount;
      change.takenBack -= event.data.tokens;
    },
    PaymentContradicted: (batch, event) => void count(batch, event),
    PaymentContradictionResolved: (batch, event) => void count(batch, event),
    PurchaseCancellationRefused: 'ignored',
    DebtPaid: 'ignored',
    ContradictionResolutionProposed: 'ignored',
    ContradictionResolutionApproved: 'ignored',
    ContradictionResolutionRejected: 'ignored',
    ContradictionResolutionRefused: 'ignored',
    PurchaseRefused: 'ignored',
    PaymentNoticeIgnored: 'ignored',
    TokensSold: 'ignored',
    SaleRefused: 'ignored',
  },
  async flush(sql, batch, lane) {
    const changes = [...batch];
    const begun = changes.flatMap(([purchaseId, { begun }]) => (begun ? [{ purchaseId, ...begun }] : []));
    if (begun.length > 0) await insert(sql, lane, begun);
    if (changes.length > 0) await update(sql, lane, changes);
  },
};

async function insert(
  sql: SqlWriter,
  lane: number,
  begun: readonly (ReturnType<typeof begunBy> & { purchaseId: string })[],
) {
  await sql.query(
    `insert into purchases (lane, purchase_id, wallet_id, tokens, method, currency, amount, price_version, price_holds_until,
       expires_at, causation_id, correlation_id, actor, created_at,
       status, paid, credited, refunded, disputed, won, reversed, taken_back, changes)
     select $14::int, begun.*, 'pending', 0, 0, 0, 0, 0, 0, 0, 0
     from unnest($1::text[], $2::text[], $3::numeric[], $4::text[], $5::text[], $6::numeric[], $7::int[], $8::bigint[],
       $9::bigint[], $10::text[], $11::text[], $12::text[], $13::bigint[]) begun
     on conflict (lane, purchase_id) do nothing`,
    [
      begun.map(({ purchaseId }) => purchaseId),
      begun.map(({ walletId }) => walletId),
      begun.map(({ tokens }) => tokens.toString()),
      begun.map(({ method }) => method),
      begun.map(({ currency }) => currency),
      begun.map(({ amount }) => amount.toString()),
      begun.map(({ priceVersion }) => priceVersion),
      begun.map(({ priceHoldsUntil }) => priceHoldsUntil),
      begun.map(({ expiresAt }) => expiresAt),
      begun.map(({ causationId }) => causationId),
      begun.map(({ correlationId }) => correlationId),
      begun.map(({ actor }) => actor),
      begun.map(({ createdAt }) => createdAt),
      lane,
    ],
  );
}

const updating = `
  update purchases set
    status = coalesce(change.status, purchases.status),
    payment_id = coalesce(change.payment_id, purchases.payment_id),
    payment_url = coalesce(change.payment_url, purchases.payment_url),
    failure_code = coalesce(change.failure_code, purchases.failure_code),
    failure_reason = coalesce(change.failure_reason, purchases.failure_reason),
    paid_by = coalesce(change.paid_by, purchases.paid_by),
    resolved_at = coalesce(change.resolved_at, purchases.resolved_at),
    paid = purchases.paid + change.paid,
    credited = purchases.credited + change.credited,
    refunded = purchases.refunded + change.refunded,
    disputed = purchases.disputed + change.disputed,
    won = purchases.won + change.won,
    reversed = purchases.reversed + change.reversed,
    taken_back = purchases.taken_back + change.taken_back,
    changes = purchases.changes + change.changes
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
      $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[], $16::int[])
    change (purchase_id, status, payment_id, payment_url, failure_code, failure_reason, paid_by, resolved_at,
      paid, credited, refunded, disputed, won, reversed, taken_back, changes)
  where purchases.lane = $17 and purchases.purchase_id = change.purchase_id`;

async function update(sql: SqlWriter, lane: number, changes: readonly (readonly [string, Change])[]) {
  const each = <Value>(of: (change: Change) => Value) => changes.map(([, change]) => of(change));
  await sql.query(updating, [
    changes.map(([purchaseId]) => purchaseId),
    each(({ status }) => status ?? null),
    each(({ paymentId }) => paymentId ?? null),
    each(({ paymentUrl }) => paymentUrl ?? null),
    each(({ failureCode }) => failureCode ?? null),
    each(({ failureReason }) => failureReason ?? null),
    each(({ paidBy }) => paidBy ?? null),
    each(({ resolvedAt }) => resolvedAt ?? null),
    each(({ paid }) => paid.toString()),
    each(({ credited }) => credited.toString()),
    each(({ refunded }) => refunded.toString()),
    each(({ disputed }) => disputed.toString()),
    each(({ won }) => won.toString()),
    each(({ reversed }) => reversed.toString()),
    each(({ takenBack }) => takenBack.toString()),
    each(({ changes: number }) => number),
    lane,
  ]);
}

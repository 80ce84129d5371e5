import type { WalletEvent } from '@tokengrid/contracts';
import {
  billLimitEvents,
  capacityEvents,
  chargeEvents,
  earningsEvents,
  expiryEvents,
  exhaustionEvents,
  giftEvents,
  grantEvents,
  holdEvents,
  limitEvents,
  marketPolicyEvents,
  planEvents,
  quoteEvents,
  standingEvents,
  tokenPriceEvents,
  transferEvents,
  voucherEvents,
  walletLaneEvents,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import { ignoring } from '@tokengrid/event-store';
import type { PurchaseRow } from './purchases.table.ts';

/** What a batch says of one purchase: that it began, what became of it, or both. */
interface Change {
  begun?: Pick<PurchaseRow, 'walletId' | 'tokens' | 'method' | 'currency' | 'amount' | 'createdAt'>;
  status?: PurchaseRow['status'];
  paymentId?: string | undefined;
  paymentUrl?: string | undefined;
  failureCode?: string;
  failureReason?: string | undefined;
  resolvedAt?: number;
}

type Batch = Map<string, Change>;

function changeOf(batch: Batch, purchaseId: string): Change {
  let change = batch.get(purchaseId);
  if (!change) batch.set(purchaseId, (change = {}));
  return change;
}

interface Begun {
  readonly time: number;
  readonly data: {
    readonly walletId: string;
    readonly tokens: bigint;
    readonly method: PurchaseRow['method'];
    readonly price: { readonly currency: string; readonly amount: bigint };
  };
}

const begunBy = ({ time, data: { walletId, tokens, method, price } }: Begun) => ({
  ...{ walletId, tokens, method, currency: price.currency, amount: price.amount, createdAt: time },
});

/** Every purchase, and what became of it: where a party sees whether it was paid, and a notice finds its wallet. */
export const purchases: Projection<WalletEvent, Batch> = {
  name: 'purchases',
  tables: ['purchases'],
  begin: () => new Map(),
  on: {
    ...ignoring(standingEvents),
    ...ignoring(limitEvents),
    ...ignoring(quoteEvents),
    ...ignoring(billLimitEvents),
    ...ignoring(transferEvents),
    ...ignoring(exhaustionEvents),
    ...ignoring(giftEvents),
    ...ignoring(grantEvents),
    ...ignoring(voucherEvents),
    ...ignoring(planEvents),
    ...ignoring(expiryEvents),
    ...ignoring(chargeEvents),
    ...ignoring(holdEvents),
    ...ignoring(earningsEvents),
    ...ignoring(tokenPriceEvents),
    ...ignoring(marketPolicyEvents),
    ...ignoring(capacityEvents),
    ...ignoring(walletLaneEvents),
    PurchasePending: (batch, event) => {
      const change = changeOf(batch, event.data.purchaseId);
      change.begun = begunBy(event);
      change.status = 'pending';
    },
    PaymentRequested: (batch, { data: { purchaseId, paymentId, paymentUrl } }) => {
      Object.assign(changeOf(batch, purchaseId), { paymentId, paymentUrl });
    },
    TokensPurchased: (batch, event) => {
      const { purchaseId, paymentId } = event.data;
      const change = changeOf(batch, purchaseId);
      // Inserted unless it was pending in an earlier batch; then what began it stands.
      change.begun ??= begunBy(event);
      change.paymentId = paymentId ?? change.paymentId;
      change.status = 'completed';
      change.resolvedAt = event.time;
    },
    PurchaseFailed: (batch, { time, data: { purchaseId, code, reason } }) => {
      const failed = { status: 'failed', failureCode: code, failureReason: reason, resolvedAt: time } as const;
      Object.assign(changeOf(batch, purchaseId), failed);
    },
    PurchaseRefused: 'ignored',
    PaymentNoticeIgnored: 'ignored',
    TokensSold: 'ignored',
    SaleRefused: 'ignored',
  },
  async flush(sql, batch) {
    const changes = [...batch];
    const begun = changes.flatMap(([purchaseId, { begun }]) => (begun ? [{ purchaseId, ...begun }] : []));
    if (begun.length > 0) await insert(sql, begun);
    if (changes.length > 0) await update(sql, changes);
  },
};

async function insert(sql: SqlWriter, begun: readonly (NonNullable<Change['begun']> & { purchaseId: string })[]) {
  await sql.query(
    `insert into purchases (purchase_id, wallet_id, tokens, method, currency, amount, status, created_at)
     select purchase_id, wallet_id, tokens, method, currency, amount, 'pending', created_at
     from unnest($1::text[], $2::text[], $3::numeric[], $4::text[], $5::text[], $6::numeric[], $7::bigint[])
       begun (purchase_id, wallet_id, tokens, method, currency, amount, created_at)
     on conflict (purchase_id) do nothing`,
    [
      begun.map(({ purchaseId }) => purchaseId),
      begun.map(({ walletId }) => walletId),
      begun.map(({ tokens }) => tokens.toString()),
      begun.map(({ method }) => method),
      begun.map(({ currency }) => currency),
      begun.map(({ amount }) => amount.toString()),
      begun.map(({ createdAt }) => createdAt),
    ],
  );
}

async function update(sql: SqlWriter, changes: readonly (readonly [string, Change])[]) {
  await sql.query(
    `update purchases set
       status = coalesce(change.status, purchases.status),
       payment_id = coalesce(change.payment_id, purchases.payment_id),
       payment_url = coalesce(change.payment_url, purchases.payment_url),
       failure_code = coalesce(change.failure_code, purchases.failure_code),
       failure_reason = coalesce(change.failure_reason, purchases.failure_reason),
       resolved_at = coalesce(change.resolved_at, purchases.resolved_at)
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
       change (purchase_id, status, payment_id, payment_url, failure_code, failure_reason, resolved_at)
     where purchases.purchase_id = change.purchase_id`,
    [
      changes.map(([purchaseId]) => purchaseId),
      changes.map(([, { status }]) => status ?? null),
      changes.map(([, { paymentId }]) => paymentId ?? null),
      changes.map(([, { paymentUrl }]) => paymentUrl ?? null),
      changes.map(([, { failureCode }]) => failureCode ?? null),
      changes.map(([, { failureReason }]) => failureReason ?? null),
      changes.map(([, { resolvedAt }]) => resolvedAt ?? null),
    ],
  );
}

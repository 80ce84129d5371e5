import type { EventOf } from './event.ts';
import { catalogue } from './event.ts';
import { eventsWith } from './events-with.ts';
import { billLimitEvents } from './wallet/bill-limits.ts';
import { capacityEvents } from './wallet/capacity.ts';
import { chargeEvents } from './wallet/charges.ts';
import { earningsEvents } from './wallet/earnings.ts';
import { feesEvents } from './wallet/fees.ts';
import { exhaustionEvents } from './wallet/exhaustion.ts';
import { expiryEvents } from './wallet/expiry.ts';
import { grantApprovalEvents } from './wallet/grant-approvals.ts';
import { grantEvents } from './wallet/grants.ts';
import { holdEvents } from './wallet/holds.ts';
import { limitEvents } from './wallet/limits.ts';
import { walletLaneEvents } from './wallet/lanes.ts';
import { marketPolicyEvents } from './wallet/market-policy.ts';
import { contradictionEvents, paymentEvents } from './wallet/payments.ts';
import { planEvents } from './wallet/plans.ts';
import { statusEvents } from './wallet/status.ts';
import { purchaseEvents } from './wallet/purchases.ts';
import { quoteEvents } from './wallet/quotes.ts';
import { tokenPriceEvents } from './wallet/token-price.ts';
import { transferEvents } from './wallet/transfers.ts';
import { voucherEvents } from './wallet/vouchers.ts';

export * from './wallet/bill-limits.ts';
export * from './wallet/capacity.ts';
export * from './wallet/charges.ts';
export * from './wallet/earnings.ts';
export * from './wallet/exhaustion.ts';
export * from './wallet/fees.ts';
export * from './wallet/expiry.ts';
export * from './wallet/grant-approvals.ts';
export * from './wallet/grants.ts';
export * from './wallet/holds.ts';
export * from './wallet/lanes.ts';
export * from './wallet/limits.ts';
export * from './wallet/lots.ts';
export * from './wallet/market-policy.ts';
export * from './wallet/payments.ts';
export * from './wallet/plans.ts';
export * from './wallet/purchases.ts';
export * from './wallet/quotes.ts';
export * from './wallet/status.ts';
export * from './wallet/token-price.ts';
export * from './wallet/transfers.ts';
export * from './wallet/vouchers.ts';

/** Events of the wallets' own streams, `wal_…`. */
export const walletStreamEvents = [
  ...statusEvents,
  ...limitEvents,
  ...quoteEvents,
  ...purchaseEvents,
  ...paymentEvents,
  ...contradictionEvents,
  ...billLimitEvents,
  ...exhaustionEvents,
  ...transferEvents,
  ...grantEvents,
  ...grantApprovalEvents,
  ...voucherEvents,
  ...planEvents,
  ...expiryEvents,
  ...chargeEvents,
  ...holdEvents,
  ...earningsEvents,
] as const;

/**
 * All events of the wallet service. Each belongs to one kind of stream: a wallet's, the price's,
 * the policy's, the capacity's or a lane's own.
 */
export const walletEvents = [
  ...walletStreamEvents,
  ...tokenPriceEvents,
  ...marketPolicyEvents,
  ...capacityEvents,
  ...feesEvents,
  ...walletLaneEvents,
] as const;

/**
 * Every event that moves tokens or money: those whose schema has `postings`. Computed, so that the
 * books, entries and expiries, which are exhaustive over them, miss none.
 */
export const moneyEvents = eventsWith('postings', walletEvents);
/** Money events of the wallets' own streams. */
export const walletMoneyEvents = eventsWith('postings', walletStreamEvents);

export type WalletEvent = EventOf<(typeof walletEvents)[number]>;
export type WalletStreamEvent = EventOf<(typeof walletStreamEvents)[number]>;
export type TokenPriceEvent = EventOf<(typeof tokenPriceEvents)[number]>;
export type MarketPolicyEvent = EventOf<(typeof marketPolicyEvents)[number]>;
export type CapacityEvent = EventOf<(typeof capacityEvents)[number]>;
export type FeesEvent = EventOf<(typeof feesEvents)[number]>;
export type WalletLaneEvent = EventOf<(typeof walletLaneEvents)[number]>;
export const walletCatalogue = catalogue('wallet', walletEvents, {
  outsideUse: 'accounting, audit',
  grant: "the operator's own accounting and its auditors: every party's balances",
});

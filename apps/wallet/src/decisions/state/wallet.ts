import type { Lot, LotTaken, WalletEvent, WalletStreamEvent } from '@tokengrid/contracts';
import type { Aggregate, EventNamed } from '@tokengrid/kernel';
import { NotYet } from '@tokengrid/kernel';
import type { Alerted } from './alerts.ts';
import { nothingAlerted, withAlert } from './alerts.ts';
import type { ExhaustionPolicy } from './exhaustion-policy.ts';
import { stopping } from './exhaustion-policy.ts';
import type { Hold } from './holds.ts';
import { captured, chargedOutOf, recalled, reduced, resolved, setAside } from './holds.ts';
import { chargedLots, heldOf, outOfHolds, spendOfUses } from './charges.ts';
import { changesNothing } from './changes-nothing.ts';
import type { WalletLot } from './lots.ts';
import { sumOf, withLots, withoutLots, withoutSums } from './lots.ts';
import { stillBinding, withMembership } from './members.ts';
import type { PendingPurchase } from './pending-purchases.ts';
import { afterUnpaid, pendingOf, withNotice, withoutPending, withPending } from './pending-purchases.ts';
import type { Allotted, Plan } from './plan.ts';
import { afterAllotment, afterRenewalRefused, afterReset, nothingAllotted, withPlan } from './plan.ts';
import type { ProposedResolution } from './proposed-resolutions.ts';
import { withoutResolution, withResolution } from './proposed-resolutions.ts';
import type { ProposedGrant } from './proposed-grants.ts';
import { withProposedGrant, withoutProposedGrant } from './proposed-grants.ts';
import type { Quote } from './quotes.ts';
import { withoutQuote, withQuote } from './quotes.ts';
import type { Member, SpendLimits, Spent } from './spending.ts';
import { afterMembersSpending, afterMembersSpent, afterSpending, noLimits, nothingSpent } from './spending.ts';
import { withLimitBack } from './returned-transfers.ts';
import type { Status } from './status.ts';
import { neverFrozen, withStatus } from './status.ts';
import { afterRefunds } from './refunds.ts';
import type { MonthlyTotals } from './monthly-totals.ts';
import { afterPurchase, afterSale, afterSending, noMonthlyTotals } from './monthly-totals.ts';
import { withArrivals } from './vouchers.ts';

/** A wallet in decisions, opened or not. */
export type Wallet = NoWallet | OpenedWallet;

interface NoWallet {
  readonly opened: false;
}

export interface OpenedWallet {
  readonly opened: true;
  readonly walletId: string;
  readonly partyId: string;
  /** Available µAIT: the sum of the lots. */
  readonly available: bigint;
  /** In burn order. */
  readonly lots: readonly WalletLot[];
  /** Ids of the vouchers in order of arrival. */
  readonly arrivals: readonly string[];
  /** µAIT set aside: the sum of the holds. */
  readonly held: bigint;
  /** Open holds, the oldest first; at most `mostOpenHolds`. */
  readonly holds: readonly Hold[];
  readonly quotes: readonly Quote[];
  /** Purchases awaiting payment, the oldest first. */
  readonly pending: readonly PendingPurchase[];
  /**
   * Number of changes to purchases through the payment provider, which outdates earlier look-ups.
   */
  readonly paymentChanges: number;
  /** µAIT owed for money that went back; zero while there are tokens that could pay it. */
  readonly debt: bigint;
  /** Open proposals for contradicting notices. */
  readonly resolutions: readonly ProposedResolution[];
  readonly monthlyTotals: MonthlyTotals;
  /** Monthly limit of the carrier's bill in minor units; null: the general limit. */
  readonly billLimit: bigint | null;
  readonly exhaustion: ExhaustionPolicy;
  readonly plan: Plan | null;
  /** This month's allotments of plans. */
  readonly allotted: Allotted;
  readonly proposals: readonly ProposedGrant[];
  readonly status: Status;
  readonly limits: SpendLimits;
  /** Spending by charges, captures and transfers. */
  readonly spent: Spent;
  /** Alerts raised. */
  readonly alerted: Alerted;
  /** Members, at most `mostMembers` parties and `mostKeys` keys. */
  readonly members: readonly Member[];
  /** Removed members with open holds, until those are resolved. */
  readonly formerMembers: readonly Member[];
  /** Last day with spending when a member was last forgotten; null before the first time. */
  readonly forgottenOn: string | null;
}

/** Stream of a wallet, `wal_…`. */
export const wallet: Aggregate<Wallet, WalletEvent> = {
  name: 'wallet',
  stateVersion: 11,
  initial: { opened: false },
  evolve,
};

function evolve(state: Wallet, event: WalletStreamEvent): Wallet {
  if (changesNothing(event)) return state;
  if (isOfPayment(event)) return withPayment(mustBeOpen(state), event);
  if (isOfHold(event)) return withHold(mustBeOpen(state), event);
  switch (event.type) {
    case 'WalletOpened':
      return opened(event.data);
    case 'TokensPurchased':
      return purchased(creditedLot(state, event.data), event.data);
    case 'TokensGranted':
      return afterAllotment(creditedLot(state, event.data), event.data);
    case 'EarningsReceived':
    case 'VoucherIssued':
    case 'VoucherRefunded':
      return creditedLot(state, event.data);
    case 'TokensReceived':
      return credited(state, event.data);
    case 'TransferReturned':
      return withLimitBack(credited(state, event.data), event.data);
    case 'TokensSold':
      return sold(debited(state, event.data), event.data);
    case 'TokensSent':
      return afterSpending(afterSending(debited(state, event.data), event.data), event.data);
    case 'WalletCharged':
      return charged(mustBeOpen(state), event.data);
    case 'TokensExpired':
    case 'VoucherReturned':
      return debited(state, event.data);
    case 'WalletFrozen':
    case 'WalletUnfrozen':
    case 'WalletClosed':
    case 'WalletReopened':
      return withStatus(mustBeOpen(state), event);
    case 'SpendAlertRaised':
    case 'SpendLimitsSet':
      return withLimits(mustBeOpen(state), event);
    case 'MemberSet':
    case 'MemberRemoved':
    case 'MemberSuspended':
    case 'MemberReinstated':
      return withMembership(mustBeOpen(state), event);
    case 'PriceQuoted':
      return withQuote(mustBeOpen(state), event.data);
    case 'BillLimitSet':
      return { ...mustBeOpen(state), billLimit: event.data.monthlyLimit };
    case 'ExhaustionPolicySet':
      return { ...mustBeOpen(state), exhaustion: { action: event.data.action, monthlyCap: event.data.monthlyCap } };
    case 'GrantProposed':
      return withProposedGrant(mustBeOpen(state), event.data);
    case 'GrantApproved':
    case 'GrantRejected':
      return withoutProposedGrant(mustBeOpen(state), event.data);
    case 'PlanAssigned':
      return withPlan(mustBeOpen(state), event.data);
    case 'PlanReset':
      return reset(mustBeOpen(state), event.data);
    case 'PlanRenewalRefused':
      return afterRenewalRefused(mustBeOpen(state), event.data);
    case 'PlanEnded':
      return { ...mustBeOpen(state), plan: null };
  }
}

const holdTypes = [
  'HoldPlaced',
  'HoldExtended',
  'HoldReduced',
  'HoldsRecalled',
  'HoldCaptured',
  'HoldReleased',
  'HoldExpired',
] as const satisfies readonly WalletStreamEvent['type'][];

type HoldEvent = EventNamed<WalletStreamEvent, (typeof holdTypes)[number]>;

const ofHolds: ReadonlySet<string> = new Set(holdTypes);

const isOfHold = (event: WalletStreamEvent): event is HoldEvent => ofHolds.has(event.type);

function withHold(wallet: OpenedWallet, event: HoldEvent): OpenedWallet {
  switch (event.type) {
    case 'HoldPlaced':
    case 'HoldExtended':
      return setAside(wallet, event.data);
    case 'HoldReduced':
      return withArrivalsBack(reduced(wallet, event.data), event.data.lots);
    case 'HoldsRecalled':
      return recalled(wallet, event.data);
    case 'HoldCaptured':
      return afterSpending(captured(wallet, event.data), event.data);
    case 'HoldReleased':
    case 'HoldExpired':
      return stillBinding(withArrivalsBack(resolved(wallet, event.data.holdId), event.data.lots));
  }
}

const paymentTypes = [
  'PurchasePending',
  'PurchaseFailed',
  'PurchaseExpired',
  'PurchaseCancelled',
  'PaymentNoticeTaken',
  'PaymentContradicted',
  'PaymentContradictionResolved',
  'PurchaseReversed',
  'PurchaseRestored',
  'DebtPaid',
  'ContradictionResolutionProposed',
  'ContradictionResolutionApproved',
  'ContradictionResolutionRejected',
] as const satisfies readonly WalletStreamEvent['type'][];

type PaymentEvent = EventNamed<WalletStreamEvent, (typeof paymentTypes)[number]>;

const ofPayments: ReadonlySet<string> = new Set(paymentTypes);

const isOfPayment = (event: WalletStreamEvent): event is PaymentEvent => ofPayments.has(event.type);

function withPayment(wallet: OpenedWallet, event: PaymentEvent): OpenedWallet {
  switch (event.type) {
    case 'PurchasePending':
      return withoutQuote(withPending(wallet, event.data), event.data.quoteId);
    case 'PurchaseFailed':
    case 'PurchaseExpired':
    case 'PurchaseCancelled':
      return withPaymentChange(afterUnpaid(wallet, event.data.purchaseId));
    case 'PaymentNoticeTaken':
      return withPaymentChange(withNotice(wallet, event.data));
    case 'PaymentContradicted':
    case 'PaymentContradictionResolved':
      return withPaymentChange(wallet);
    case 'PurchaseReversed':
      return reversed(wallet, event.data);
    case 'PurchaseRestored':
      return restored(wallet, event.data);
    case 'DebtPaid':
      return { ...debited(wallet, event.data), debt: event.data.debt };
    case 'ContradictionResolutionProposed':
      return withResolution(wallet, event.data);
    case 'ContradictionResolutionApproved':
    case 'ContradictionResolutionRejected':
      return withoutResolution(wallet, event.data);
  }
}

function opened({ walletId, partyId }: { readonly walletId: string; readonly partyId: string }): OpenedWallet {
  const nothing = { available: 0n, lots: [], arrivals: [], held: 0n, holds: [], quotes: [], pending: [] };
  const unlimited = {
    paymentChanges: 0,
    debt: 0n,
    resolutions: [],
    billLimit: null,
    exhaustion: stopping,
    plan: null,
    allotted: nothingAllotted,
    proposals: [],
    status: neverFrozen,
    limits: noLimits,
    spent: nothingSpent,
    alerted: nothingAlerted,
    members: [],
    formerMembers: [],
    forgottenOn: null,
  };
  return { opened: true, walletId, partyId, ...nothing, monthlyTotals: noMonthlyTotals, ...unlimited };
}

const withLimits = (
  wallet: OpenedWallet,
  event: EventNamed<WalletStreamEvent, 'SpendAlertRaised' | 'SpendLimitsSet'>,
): OpenedWallet =>
  event.type === 'SpendAlertRaised' ? withAlert(wallet, event.data) : { ...wallet, limits: limitsOf(event.data) };

const limitsOf = ({ daily, monthly, alertsAt }: DataOf<'SpendLimitsSet'>): SpendLimits => ({
  daily: daily ?? null,
  monthly: monthly ?? null,
  alertsAt,
});

type DataOf<Type extends WalletStreamEvent['type']> = Extract<WalletStreamEvent, { readonly type: Type }>['data'];

/** A purchase counts in its month, uses its quote and is no longer pending. */
function purchased(wallet: OpenedWallet, bought: DataOf<'TokensPurchased'>): OpenedWallet {
  const { purchaseId, method, quoteId } = bought;
  const counted = pendingOf(wallet, purchaseId) !== undefined;
  const spent = afterMembersSpent(afterPurchase(wallet, bought, counted), bought);
  const after = withoutPending(withoutQuote(spent, quoteId), purchaseId);
  return method === 'payment-provider' ? withPaymentChange(after) : after;
}

const withPaymentChange = (wallet: OpenedWallet): OpenedWallet => ({
  ...wallet,
  paymentChanges: wallet.paymentChanges + 1,
});

function reversed(before: OpenedWallet, { lots, debt }: DataOf<'PurchaseReversed'>): OpenedWallet {
  const wallet = debited(before, { tokens: sumOf(lots), lots });
  return withPaymentChange({ ...wallet, debt: wallet.debt + debt });
}

function restored(before: OpenedWallet, { lot, debt }: DataOf<'PurchaseRestored'>): OpenedWallet {
  const wallet = lot ? creditedLot(before, { tokens: lot.tokens, lot }) : before;
  return withPaymentChange({ ...wallet, debt: wallet.debt - debt });
}

/** The wallet after refunds, and then uses as if each had been charged by an event of its own. */
function charged(before: OpenedWallet, charge: DataOf<'WalletCharged'>): OpenedWallet {
  const wallet = afterRefunds(before, charge);
  const { tokens, uses, refused, day } = charge;
  const held = chargedOutOf(wallet, outOfHolds(uses, refused));
  if (uses.length === 0) return held;
  const lots = withoutSums(wallet.lots, chargedLots(uses));
  const available = wallet.available - (tokens - heldOf(uses));
  const spent = afterSpending({ ...held, available, lots }, { tokens, day });
  return afterMembersSpending(spent, spendOfUses(uses), day);
}

/** The wallet with vouchers that came back from a hold among its arrivals. */
function withArrivalsBack(wallet: OpenedWallet, back: readonly Pick<LotTaken, 'lotId'>[]): OpenedWallet {
  const missing = back.filter(({ lotId }) => !wallet.arrivals.includes(lotId));
  const vouchers = wallet.lots.filter(({ lotId, voucher }) => voucher && missing.some((lot) => lot.lotId === lotId));
  return vouchers.length === 0 ? wallet : { ...wallet, arrivals: withArrivals(wallet, vouchers) };
}

const sold = (wallet: OpenedWallet, sale: DataOf<'TokensSold'>): OpenedWallet =>
  withoutQuote(afterMembersSpent(afterSale(wallet, sale), sale), sale.quoteId);

/** The plan's remaining tokens become one lot, up to the rollover cap. */
function reset(wallet: OpenedWallet, over: DataOf<'PlanReset'>): OpenedWallet {
  const { expired, rolledOver } = over;
  const lots = withLots(withoutLots(wallet.lots, over.lots), rolledOver ? [rolledOver] : []);
  return { ...afterReset(wallet, over), available: wallet.available - expired, lots };
}

function credited(state: Wallet, { tokens, lots }: { readonly tokens: bigint; readonly lots: readonly Lot[] }) {
  const wallet = mustBeOpen(state);
  const arrivals = withArrivals(wallet, lots);
  return { ...wallet, available: wallet.available + tokens, lots: withLots(wallet.lots, lots), arrivals };
}

const creditedLot = (state: Wallet, { tokens, lot }: { readonly tokens: bigint; readonly lot: Lot }): OpenedWallet =>
  credited(state, { tokens, lots: [lot] });

function debited(state: Wallet, { tokens, lots }: { readonly tokens: bigint; readonly lots: readonly LotTaken[] }) {
  const wallet = mustBeOpen(state);
  return { ...wallet, available: wallet.available - tokens, lots: withoutLots(wallet.lots, lots) };
}

/** The wallet after one of its events, for decisions that state several. */
export const afterEvent = (wallet: OpenedWallet, event: WalletStreamEvent): OpenedWallet =>
  mustBeOpen(evolve(wallet, event));

/**
 * The party's registration has not arrived. A policy's command waits for it, a caller's is answered
 * with 404.
 */
export class WalletNotOpen extends NotYet {
  constructor() {
    super('the wallet is not open yet');
  }
}

/** @throws WalletNotOpen */
export function mustBeOpen(state: Wallet): OpenedWallet {
  if (!state.opened) throw new WalletNotOpen();
  return state;
}

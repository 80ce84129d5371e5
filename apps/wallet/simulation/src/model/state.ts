import type { Asked, Money, Posted } from './asked.ts';
import type { ModelLot } from './lots.ts';
import type { Told } from './suspensions.ts';

export interface ModelWallet {
  readonly id: string;
  readonly partyId: string;
  readonly lots: ModelLot[];
  /** Open holds, the oldest first. */
  readonly holds: Map<string, ModelHold>;
  /** Ends of holds that are no longer open. */
  readonly ended: Map<string, 'expired' | 'resolved'>;
  /** All amounts that the operator may limit per month, ever. */
  readonly countedMonthly: { readonly month: string; readonly kind: MonthlyKind; readonly amount: bigint }[];
  readonly quotes: ModelQuote[];
  /** Purchases through the payment provider, paid or not. */
  readonly purchases: Map<string, ModelPurchase>;
  /** Notices that contradict the known state, by id. */
  readonly contradictions: Map<string, { readonly asked: Asked; resolved: boolean }>;
  readonly waitingResolutions: Waiting<Resolution>[];
  /** µAIT of debt. */
  debt: bigint;
  billLimit: bigint | null;
  /** Action when the wallet's tokens run out. */
  exhaustion: ModelExhaustion;
  /** Origins of its freezes. */
  readonly frozenBy: Set<string>;
  /** Suspensions of its party that it was told of. */
  readonly told: Told;
  closed: boolean;
  limits: ModelCaps & { readonly alertsAt: readonly number[] };
  /** All amounts ever spent from it. */
  readonly spendings: ModelSpending[];
  /** Alerts that were raised, by threshold and period. */
  readonly raised: Set<string>;
  readonly members: Map<string, ModelMember>;
  /** Grants that wait for approval, the oldest first. */
  readonly waiting: Waiting<Grant>[];
  plan: ModelPlan | null;
  /** µAIT granted by plans in each month. */
  readonly allotted: Map<string, bigint>;
}

/** µAIT per day and month; absent: no limit. */
export interface ModelCaps {
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
}

/** A member with caps. A removed one is kept while an open hold is under its caps. */
interface ModelMember extends ModelCaps {
  readonly spendings: ModelSpending[];
  isThere: boolean;
  /** Suspensions of the party that the wallet was told of. */
  readonly told: Told;
}

export interface ModelSpending {
  readonly day: string;
  readonly tokens: bigint;
}

export interface ModelPlan {
  readonly planId: string;
  readonly tokens: bigint;
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
  /** End of its month; epoch milliseconds. */
  readonly resets: number;
  /** Time from which its allotment is due; infinite once granted. */
  readonly renews: number;
}

/** A transfer's day and month, and the counters that it counts in until it returns. */
export interface ModelSent {
  readonly day: string;
  readonly month: string;
  readonly timeZone: string;
  readonly memberIds: readonly string[];
  readonly counters: readonly ModelSpending[][];
}

/**
 * Limited amounts: µAIT sent, µAIT sold back, minor units on the bill, those of them bought when
 * tokens ran out, and those through a provider.
 */
export type MonthlyKind = 'sending' | 'selling' | 'bill' | 'exhaustion' | 'provider';
interface ModelExhaustion {
  readonly action: string;
  /** Minor units per month. */
  readonly monthlyCap: bigint | null;
}

export interface ModelQuote {
  readonly id: string;
  readonly side: string;
  readonly tokens: bigint;
  readonly price: Money;
  readonly priceVersion: number;
  readonly ends: number;
}

/** A purchase through the payment provider. */
export interface ModelPurchase {
  readonly id: string;
  /** µAIT ordered. */
  readonly ordered: bigint;
  readonly price: Money;
  readonly priceVersion: number;
  /** Ends of the price and of the wait. */
  readonly until: number;
  readonly expires: number;
  /** Month in which it counts. */
  readonly month: string;
  status: 'pending' | 'completed' | 'failed' | 'cancelled' | 'expired';
  /** Minor units paid, and µAIT bought by them. */
  paid: bigint;
  credited: bigint;
  /** Minor units refunded, disputed and won back, by the notices. */
  refunded: bigint;
  disputed: bigint;
  won: bigint;
  paymentId: string | undefined;
}

export const newWallet = (id: string, partyId: string): ModelWallet => ({
  id,
  partyId,
  lots: [],
  holds: new Map(),
  ended: new Map(),
  countedMonthly: [],
  quotes: [],
  purchases: new Map(),
  contradictions: new Map(),
  waitingResolutions: [],
  debt: 0n,
  billLimit: null,
  exhaustion: { action: 'stop', monthlyCap: null },
  frozenBy: new Set(),
  told: new Map(),
  closed: false,
  limits: { alertsAt: [] },
  spendings: [],
  raised: new Set(),
  members: new Map(),
  waiting: [],
  plan: null,
  allotted: new Map(),
});

export interface ModelHold {
  readonly id: string;
  ends: number;
  readonly lots: ModelLot[];
  /** Members whose caps bind it. */
  memberIds: readonly string[];
}

export interface ModelLane {
  /** The last declaration of capacity that the lane knows; 0 for none, without a limit. */
  limit: number;
  /** µAIT issued minus those gone, without a limit. */
  used: bigint;
  /** µAIT that it may issue, with a limit. */
  room: bigint;
  /** µAIT of the capacity granted to it, issued or not. */
  held: bigint;
  /** µAIT reserved by pending purchases. */
  reserved: bigint;
  /** µAIT that charges put into its escrow, ever. */
  charged: bigint;
  /** µAIT that statements took out of its escrow, ever. */
  released: bigint;
  /** µAIT of fees collected in it, and of fees ordered to be retired, ever. */
  collectedFees: bigint;
  orderedFees: bigint;
}

export interface ModelCapacity {
  version: number;
  declared: bigint;
  granted: bigint;
  reported: number[];
  /** True if the operator was warned. */
  warned: boolean;
}

/** A refusal with its amounts. */
export interface Refusal {
  readonly code: string;
  readonly limit?: string;
  readonly available?: bigint;
  readonly required?: bigint;
}

/** Time and place of a decision. */
export interface At {
  readonly time: number;
  readonly lane: number;
  /** The operator's day, month and zone. */
  readonly day: string;
  readonly month: string;
  readonly timeZone: string;
}

/** An event's fields of its day. */
export const onDay = ({ day, timeZone }: At) => ({ day, timeZone });

/** An expected event without its postings, which follow from the model's accounts. */
export interface Expected {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Consequences of a command. The model's books move when an event is yielded, not earlier. */
export type Consequences = Generator<Expected, void>;

/** An event's fields without undefined ones. */
export const known = (fields: Expected['data']): Expected['data'] =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export const availableOf = (walletId: string): string => `wallet:${walletId}:available`;
export const heldOf = (walletId: string): string => `wallet:${walletId}:held`;
export const ofLane = ({ lane }: Pick<At, 'lane'>, word: string): string => `lane:${lane}:${word}`;

/** An open proposal: in a wallet, for the price, or for the market policy. */
export interface Waiting<What> {
  readonly id: string;
  /** The proposing key. */
  readonly by: string;
  /** People of the proposer: the person first, then those whose keys it came from. */
  readonly people: readonly string[];
  readonly what: What;
}

/** A proposed resolution of a contradicting notice. */
interface Resolution {
  readonly noticeId: string;
  readonly action: string;
  readonly note: string;
}

/** A requested grant, voucher or plan. */
export interface Grant extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly tokens: bigint;
  /** Absent or null for no expiry, and for kinds without one. */
  readonly expiresAt?: string | null;
}

/** A proposed price; without a time, it is in force once approved. */
export interface WaitingPrice {
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
  readonly from: number | undefined;
}

/** A posted price. A withdrawn one has no effect. */
export interface ModelPrice extends Posted {
  readonly from: number;
  isWithdrawn: boolean;
}

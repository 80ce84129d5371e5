import type { Asked, Money, Posted } from './asked.ts';
import type { ModelLot } from './lots.ts';
import type { Told } from './suspensions.ts';

export interface ModelWallet {
  readonly id: string;
  readonly partyId: string;
  readonly lots: ModelLot[];
  /** Open ones, the oldest first. */
  readonly holds: Map<string, ModelHold>;
  /** How holds ended that are not open any more. */
  readonly ended: Map<string, 'expired' | 'resolved'>;
  /** All that the operator may limit per month, ever. */
  readonly countedMonthly: { readonly month: string; readonly kind: MonthlyKind; readonly amount: bigint }[];
  readonly quotes: ModelQuote[];
  /** Purchases through the payment provider, paid or not. */
  readonly purchases: Map<string, ModelPurchase>;
  /** Notices that contradict what is known, by their ids. */
  readonly contradictions: Map<string, { readonly asked: Asked; resolved: boolean }>;
  readonly waitingResolutions: Waiting<Resolution>[];
  /** µAIT that it owes. */
  debt: bigint;
  billLimit: bigint | null;
  /** What happens when its tokens run out. */
  exhaustion: ModelExhaustion;
  /** Who froze it. */
  readonly frozenBy: Set<string>;
  /** What it was told of its party. */
  readonly told: Told;
  closed: boolean;
  limits: ModelCaps & { readonly alertsAt: readonly number[] };
  /** All that was ever spent from it. */
  readonly spendings: ModelSpending[];
  /** Alerts that were raised, by threshold and period. */
  readonly raised: Set<string>;
  readonly members: Map<string, ModelMember>;
  /** What the operator gives only once a second person says so; the oldest first. */
  readonly waiting: Waiting<Grant>[];
  plan: ModelPlan | null;
  /** µAIT that plans gave in each month. */
  readonly allotted: Map<string, bigint>;
}

/** µAIT per day and month; absent: no limit. */
export interface ModelCaps {
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
}

/**
 * Who spends under caps of its own. One who is gone is kept for as long as an open hold is under
 * its caps.
 */
interface ModelMember extends ModelCaps {
  readonly spendings: ModelSpending[];
  isThere: boolean;
  /** What the wallet was told of its party. */
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
  /** When its month ends; epoch milliseconds. */
  readonly resets: number;
  /** From when on its allotment is due; infinite: it was granted. */
  readonly renews: number;
}

/** When something was sent, and the counters that it counts in until it comes back. */
export interface ModelSent {
  readonly day: string;
  readonly month: string;
  readonly timeZone: string;
  readonly memberIds: readonly string[];
  readonly counters: readonly ModelSpending[][];
}

/**
 * What is limited: µAIT sent, µAIT sold back, minor units on the bill, those of them because tokens
 * had run out, and those that a provider takes.
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
  /** µAIT. */
  readonly ordered: bigint;
  readonly price: Money;
  readonly priceVersion: number;
  /** When the price holds no longer, and when it waits no longer. */
  readonly until: number;
  readonly expires: number;
  /** In which it counts. */
  readonly month: string;
  status: 'pending' | 'completed' | 'failed' | 'cancelled' | 'expired';
  /** Minor units that were paid, and µAIT that they bought. */
  paid: bigint;
  credited: bigint;
  /** Minor units that notices said were refunded, disputed, and won back. */
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
  /** Under whose caps it is. */
  memberIds: readonly string[];
}

export interface ModelLane {
  /** The declaration of capacity that the lane last heard of; 0: none, and there is no limit. */
  limit: number;
  /** µAIT issued minus those gone, while there is no limit. */
  used: bigint;
  /** µAIT that it may issue, once there is one. */
  room: bigint;
  /** µAIT of the capacity that are its own, issued or not. */
  held: bigint;
  /** µAIT that are kept for purchases which wait to be paid. */
  reserved: bigint;
  /** µAIT that charges put into its escrow, ever. */
  charged: bigint;
  /** µAIT that statements took out of it, ever. */
  released: bigint;
  /** µAIT of fees that were collected in it, and those that were to be retired, ever. */
  collectedFees: bigint;
  orderedFees: bigint;
}

export interface ModelCapacity {
  version: number;
  declared: bigint;
  granted: bigint;
  reported: number[];
  /** Whether the operator was warned. */
  warned: boolean;
}

/** Why something is refused, and by how much. */
export interface Refusal {
  readonly code: string;
  readonly limit?: string;
  readonly available?: bigint;
  readonly required?: bigint;
}

/** When and where a command was decided. */
export interface At {
  readonly time: number;
  readonly lane: number;
  /** The operator's, and where. */
  readonly day: string;
  readonly month: string;
  readonly timeZone: string;
}

/** What an event says of its day. */
export const onDay = ({ day, timeZone }: At) => ({ day, timeZone });

/** An event that has to happen, but for its postings: those follow from the model's accounts. */
export interface Expected {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * What a command leads to. The model's books are moved by the time an event is given, and not
 * earlier.
 */
export type Consequences = Generator<Expected, void>;

/** What an event says: nothing of what there is not. */
export const known = (fields: Expected['data']): Expected['data'] =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export const availableOf = (walletId: string): string => `wallet:${walletId}:available`;
export const heldOf = (walletId: string): string => `wallet:${walletId}:held`;
export const ofLane = ({ lane }: Pick<At, 'lane'>, word: string): string => `lane:${lane}:${word}`;

/** What waits for a second person: in a wallet, for the price, or for the market policy. */
export interface Waiting<What> {
  readonly id: string;
  /** The key that asked. */
  readonly by: string;
  /** Whose it is: the person first, then those whose keys it came from. */
  readonly people: readonly string[];
  readonly what: What;
}

/** What is to be done about a notice that contradicts what is known. */
interface Resolution {
  readonly noticeId: string;
  readonly action: string;
  readonly note: string;
}

/** A grant, a voucher or a plan, as it is asked for. */
export interface Grant extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly tokens: bigint;
  /** Absent or null: never, or not for the like of it. */
  readonly expiresAt?: string | null;
}

/** A price that waits; without a time it holds as soon as it is approved. */
export interface WaitingPrice {
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
  readonly from: number | undefined;
}

/** A price as it was posted. One that was withdrawn is as if it had never been. */
export interface ModelPrice extends Posted {
  readonly from: number;
  isWithdrawn: boolean;
}

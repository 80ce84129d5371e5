import { Accounts } from './model-books.ts';
import type { Asked, ModelPolicy } from './model-asked.ts';
import type { Gift, Resolution, Waiting } from './model-approvals.ts';
import { Days } from './model-days.ts';
import { burnOrder, type ModelLot, type ModelVoucher } from './model-lots.ts';
import type { ModelPrice, WaitingPrice } from './model-prices.ts';
import type { Told } from './model-suspensions.ts';

/**
 * The reference model: what the wallet has to do, written from its rules (`apps/wallet/rules/money.md`, "rules" in the comments here, and the
 * design's domain.md) by somebody who has not read the decisions, and on purpose in another manner: one heap of mutable objects and naive
 * arithmetic. It shares no code with them, so that no mistake is in both.
 */
export class ReferenceModel {
  /** The operator's. */
  readonly days: Days;
  readonly accounts = new Accounts();
  readonly wallets = new Map<string, ModelWallet>();
  readonly lanes: ModelLane[];
  readonly capacity: ModelCapacity = { version: 0, declared: 0n, granted: 0n, reported: [], warned: false };
  /** Prices posted so far, each with the time from which on it is in force. */
  readonly prices: ModelPrice[] = [];
  /** Policies set so far, and what the last one says of approvals. */
  policies = 0;
  approvals: ModelPolicy['approvals'] = {};
  /** What waits for a second person, the oldest first. */
  readonly waitingPrices: Waiting<WaitingPrice>[] = [];
  readonly waitingPolicies: Waiting<ModelPolicy>[] = [];
  /** What left one place for another and has not arrived: by what it is and where it has to arrive. */
  readonly underway = new Map<string, bigint>();
  /** Vouchers on their way back: from whom, to whom, how much. */
  readonly goingBack: string[] = [];
  /** What was sent, and what it counted against. */
  readonly sent = new Map<string, ModelSent>();
  /** Names of what may happen only once. */
  private readonly done = new Set<string>();
  private ranks = 0;

  constructor(lanes: number, timeZone: string) {
    this.days = new Days(timeZone);
    this.lanes = Array.from({ length: lanes }, () => ({
      limit: 0,
      used: 0n,
      room: 0n,
      held: 0n,
      reserved: 0n,
      charged: 0n,
      released: 0n,
      collectedFees: 0n,
      orderedFees: 0n,
    }));
  }

  /** The next place among equals at the end, for what comes in. */
  nextRank(): number {
    return ++this.ranks;
  }

  /** The next place among equals at the front, for what comes back. */
  firstRank(): number {
    return -++this.ranks;
  }

  /** @throws Error the second time */
  once(what: string): void {
    if (this.done.has(what)) throw new Error(`${what} for the second time`);
    this.done.add(what);
  }

  wallet(walletId: string): ModelWallet {
    const wallet = this.wallets.get(walletId);
    if (!wallet) throw new Error(`${walletId} is not open`);
    return wallet;
  }

  /** µAIT that wait to be paid: their capacity is taken. */
  get reserved(): bigint {
    let sum = 0n;
    for (const { purchases } of this.wallets.values()) {
      for (const { status, ordered } of purchases.values()) if (status === 'pending') sum += ordered;
    }
    return sum;
  }

  /** Wallets that a party is a member of. */
  sharedWith(partyId: string): readonly string[] {
    return [...this.wallets.values()].filter(({ members }) => members.get(partyId)?.isThere).map(({ id }) => id);
  }

  /** Something leaves, to arrive once. */
  depart(what: string, tokens: bigint): void {
    this.once(`departure of ${what}`);
    this.underway.set(what, tokens);
  }

  /** @throws Error for what has not left, has arrived already, or was more or less */
  arrive(what: string, tokens: bigint): void {
    if (this.underway.get(what) !== tokens) {
      throw new Error(`${tokens} µAIT arrive by ${what}, and ${this.underway.get(what) ?? 'none'} are underway`);
    }
    this.underway.delete(what);
  }
}

export interface ModelWallet {
  readonly id: string;
  readonly partyId: string;
  readonly lots: ModelLot[];
  /** Open ones, the oldest first. */
  readonly holds: Map<string, ModelHold>;
  /** How holds ended that are not open any more. */
  readonly ended: Map<string, 'expired' | 'resolved'>;
  /** All that the operator may limit per month, ever. */
  readonly trades: { readonly month: string; readonly kind: Traded; readonly amount: bigint }[];
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
  readonly waiting: Waiting<Gift>[];
  plan: ModelPlan | null;
  /** µAIT that plans gave in each month. */
  readonly allotted: Map<string, bigint>;
}

/** µAIT per day and month; absent: no limit. */
export interface ModelCaps {
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
}

/** Who spends under caps of its own. One who is gone is kept for as long as an open hold is under its caps. */
export interface ModelMember extends ModelCaps {
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

/** What is limited: µAIT sent, µAIT sold back, minor units on the bill, those of them because tokens had run out, and those that a provider takes. */
export type Traded = 'sending' | 'selling' | 'bill' | 'exhaustion' | 'provider';

/** Money as events say it. */
export interface Money {
  readonly currency: string;
  readonly amount: bigint;
}

export interface ModelExhaustion {
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
  trades: [],
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

/** What a command leads to. The model's books are moved by the time an event is given, and not earlier. */
export type Consequences = Generator<Expected, void>;

export type Handler = (model: ReferenceModel, asked: Asked, at: At) => Consequences;

/** What an event says: nothing of what there is not. */
export const known = (fields: Expected['data']): Expected['data'] =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export const availableOf = (walletId: string): string => `wallet:${walletId}:available`;
export const heldOf = (walletId: string): string => `wallet:${walletId}:held`;
export const ofLane = ({ lane }: Pick<At, 'lane'>, word: string): string => `lane:${lane}:${word}`;

/** Lots of this source burn first: the operator gave them. */
const givenByOperator = new Set(['plan', 'voucher', 'promotion']);
const keptApart = 32;

/** Tokens come into a wallet: a lot of their own, or more of the youngest that is like them where there are many. */
export function comeIn(
  model: ReferenceModel,
  wallet: ModelWallet,
  came: { readonly id: string; readonly source: string; readonly sellable: boolean; readonly voucher?: ModelVoucher },
  parcels: readonly { readonly tokens: bigint; readonly ends: number }[],
): Expected['data'][] {
  const { voucher } = came;
  const many = wallet.lots.length >= keptApart && !voucher;
  const before = burnOrder(wallet.lots);
  return parcels.map(({ tokens, ends }, index) => {
    const priority = givenByOperator.has(came.source) ? 10 : 50;
    const alike = before.filter(
      (lot) =>
        lot.source === came.source &&
        lot.ends === ends &&
        lot.sellable === came.sellable &&
        many &&
        !lot.voucher &&
        !lot.planId,
    );
    const id = alike.at(-1)?.id ?? (index === 0 ? came.id : `${came.id}.${index}`);
    const lot = {
      id,
      source: came.source,
      tokens,
      priority,
      ends,
      sellable: came.sellable,
      rank: model.nextRank(),
      voucher,
    };
    const there = wallet.lots.find((other) => other.id === id);
    if (there) there.tokens += tokens;
    else wallet.lots.push(lot);
    const expiresAt = ends === Infinity ? null : new Date(ends).toISOString();
    return {
      lotId: id,
      source: came.source,
      tokens,
      priority,
      expiresAt,
      transferable: came.sellable,
      ...(voucher && { voucher }),
    };
  });
}

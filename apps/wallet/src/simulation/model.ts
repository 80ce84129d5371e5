import { Accounts } from './model-books.ts';
import type { Gift, Waiting, WaitingPrice } from './model-approvals.ts';
import { burnOrder, type ModelLot, type ModelVoucher } from './model-lots.ts';

/**
 * The reference model: what the wallet has to do, written from `docs` and the README alone and on purpose in another manner than
 * the decisions: one heap of mutable objects and naive arithmetic. It shares no code with them, so that no mistake is in both.
 */
export class ReferenceModel {
  readonly accounts = new Accounts();
  readonly wallets = new Map<string, ModelWallet>();
  readonly lanes: ModelLane[];
  readonly capacity: ModelCapacity = { version: 0, declared: 0n, granted: 0n, reported: [], warned: false };
  /** Prices posted so far, each with the time from which on it is in force. */
  readonly prices: (Posted & { readonly from: number })[] = [];
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
  /** Names of what may happen only once. */
  private readonly done = new Set<string>();
  private ranks = 0;

  constructor(lanes: number) {
    this.lanes = Array.from({ length: lanes }, () => ({
      limit: 0,
      used: 0n,
      room: 0n,
      held: 0n,
      charged: 0n,
      released: 0n,
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
    for (const { pending } of this.wallets.values()) for (const { tokens } of pending.values()) sum += tokens;
    return sum;
  }

  /** Wallets that a party is a member of. */
  sharedWith(partyId: string): readonly string[] {
    return [...this.wallets.values()].filter(({ members }) => members.has(partyId)).map(({ id }) => id);
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
  readonly raised: Set<string>;
  /** µAIT that plans gave, by month. */
  readonly allotted: Map<string, bigint>;
  readonly trades: { readonly month: string; readonly kind: Traded; readonly amount: bigint }[];
  readonly quotes: ModelQuote[];
  /** Purchases that wait to be paid. */
  readonly pending: Map<string, ModelPending>;
  billLimit: bigint | null;
  /** What happens when its tokens run out. */
  exhaustion: ModelExhaustion;
  /** Who froze it. */
  readonly frozenBy: Set<string>;
  closed: boolean;
  limits: ModelCaps & { readonly alertsAt: readonly number[] };
  /** All that was ever spent from it. */
  readonly spendings: ModelSpending[];
  readonly members: Map<string, ModelCaps & { readonly spendings: ModelSpending[] }>;
  /** What the operator gives only once a second person says so; the oldest first. */
  readonly waiting: Waiting<Gift>[];
  plan: ModelPlan | null;
}

/** µAIT per day and month; absent: no limit. */
export interface ModelCaps {
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
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

/** What is limited: µAIT sent, µAIT sold back, minor units on the bill, and those of them because tokens had run out. */
export type Traded = 'sending' | 'selling' | 'bill' | 'exhaustion';

/** Money as events say it. */
export interface Money {
  readonly currency: string;
  readonly amount: bigint;
}

export interface ModelExhaustion {
  readonly action: 'stop' | 'bill';
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

export interface ModelPending {
  readonly tokens: bigint;
  readonly price: Money;
  readonly priceVersion: number;
}

export const newWallet = (id: string, partyId: string): ModelWallet => ({
  id,
  partyId,
  lots: [],
  holds: new Map(),
  ended: new Map(),
  trades: [],
  raised: new Set(),
  allotted: new Map(),
  quotes: [],
  pending: new Map(),
  billLimit: null,
  exhaustion: { action: 'stop', monthlyCap: null },
  frozenBy: new Set(),
  closed: false,
  limits: { alertsAt: [] },
  spendings: [],
  members: new Map(),
  waiting: [],
  plan: null,
});

export interface ModelHold {
  readonly id: string;
  ends: number;
  readonly lots: ModelLot[];
  readonly memberId: string | undefined;
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
  /** µAIT that charges put into its escrow, ever. */
  charged: bigint;
  /** µAIT that statements took out of it, ever. */
  released: bigint;
}

export interface ModelCapacity {
  version: number;
  declared: bigint;
  granted: bigint;
  reported: number[];
  /** Whether the operator was warned. */
  warned: boolean;
}

/** When and where a command was decided. */
export interface At {
  readonly time: number;
  readonly lane: number;
}

/** An event that has to happen, but for its postings: those follow from the model's accounts. */
export interface Expected {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a command leads to. The model's books are moved by the time an event is given, and not earlier. */
export type Consequences = Generator<Expected, void>;

export type Handler = (model: ReferenceModel, asked: Asked, at: At) => Consequences;

/** A price as the operator posted it. */
export interface Posted {
  readonly priceVersion: number;
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
}

/** What the operator allows. */
export interface ModelPolicy {
  readonly billMonthlyLimit?: bigint | undefined;
  readonly sending: { readonly allowed: boolean; readonly monthlyCap?: bigint | undefined };
  readonly selling: { readonly allowed: boolean; readonly monthlyCap?: bigint | undefined };
  readonly approvals: { readonly grantsAbove?: bigint | undefined; readonly priceChangeAboveBps?: number | undefined };
}

/** Everything that commands say; which of it there is depends on the kind of command. */
export interface Asked {
  readonly walletId: string;
  readonly partyId: string;
  readonly partyKind: string;
  readonly tokens: bigint;
  readonly purchaseId: string;
  readonly method: string;
  readonly posted: Posted | undefined;
  readonly capacityLeft: bigint | undefined;
  readonly by: string;
  readonly approvalId: string;
  /** µAIT, as whoever looks at the capacity says. */
  readonly outstanding: bigint;
  readonly daily: bigint | undefined;
  readonly monthly: bigint | undefined;
  readonly alertsAt: readonly number[];
  readonly memberId: string;
  readonly spender: { readonly partyId: string; readonly keyId?: string | undefined } | undefined;
  readonly voucherId: string;
  readonly terms: Omit<ModelVoucher, 'funder'>;
  readonly voucher: ModelVoucher | undefined;
  readonly isVoucher: boolean;
  readonly planId: string;
  readonly rolloverCap: bigint;
  readonly policy: ModelPolicy;
  /** What a charge that has to buy is sold at. */
  readonly market: Pick<Asked, 'posted' | 'policy'>;
  readonly action: ModelExhaustion['action'];
  readonly monthlyCap: bigint | null;
  readonly quoteId: string | undefined;
  readonly side: string;
  readonly validForSeconds: number;
  readonly monthlyLimit: bigint | null;
  readonly noticeId: string;
  readonly paymentId: string | undefined;
  readonly outcome: string;
  readonly paid: Money;
  readonly answer: {
    readonly taken: boolean;
    readonly paymentId?: string;
    readonly paymentUrl?: string;
    readonly reason?: string;
  };
  readonly grantId: string;
  readonly source: string;
  readonly expiresAt: number | undefined;
  readonly transferable: boolean;
  readonly saleId: string;
  readonly transferId: string;
  readonly toWalletId: string;
  readonly fromWalletId: string;
  readonly memo: string | undefined;
  readonly receiverKnown: boolean;
  readonly parcels: readonly { readonly tokens: bigint; readonly expiresAt: string | null }[];
  readonly sentOn: { readonly day: string; readonly timeZone: string };
  readonly memberIds?: readonly string[];
  readonly code: string;
  readonly chargeId: string;
  readonly usageId: string;
  readonly use: object;
  readonly holdId: string;
  readonly captureId: string;
  readonly expiresInSeconds: number | undefined;
  readonly reason: string;
  readonly final: boolean;
  readonly known: { readonly status: string; readonly expiresAt: number } | string;
  readonly statementId: string;
  readonly period: string;
  readonly timeZone: string;
  readonly fromLane: number;
  readonly version: number;
  readonly lane: number;
  readonly required: bigint;
  readonly reported: boolean;
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
  readonly effectiveFrom: number | undefined;
}

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

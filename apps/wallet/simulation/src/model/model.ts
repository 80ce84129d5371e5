import { Accounts } from './books.ts';
import type { Asked, ModelPolicy } from './asked.ts';
import type {
  At,
  Consequences,
  Expected,
  ModelCapacity,
  ModelLane,
  ModelPrice,
  ModelSent,
  ModelWallet,
  Waiting,
  WaitingPrice,
} from './state.ts';
import { Days } from './days.ts';
import { burnOrder, type ModelVoucher } from './lots.ts';

/**
 * The reference model: what the wallet has to do, written from its rules
 * (`apps/wallet/rules/money.md`, "rules" in the comments here, and the design's domain.md) by
 * somebody who has not read the decisions, and on purpose in another manner: one heap of mutable
 * objects and naive arithmetic. It shares no code with them, so that no mistake is in both.
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
  /**
   * What left one place for another and has not arrived: by what it is and where it has to arrive.
   */
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

export type Handler = (model: ReferenceModel, asked: Asked, at: At) => Consequences;

/** Lots of this source burn first: the operator gave them. */
const givenByOperator = new Set(['plan', 'voucher', 'promotion']);
const keptApart = 32;

/**
 * Tokens come into a wallet: a lot of their own, or more of the youngest that is like them where
 * there are many.
 */
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

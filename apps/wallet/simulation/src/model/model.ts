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
 * The reference model: the wallet's rules (`apps/wallet/rules/money.md`, "rules" in the comments
 * here, and the design's domain.md), written without knowledge of the decisions and in another
 * manner on purpose: one heap of mutable objects and naive arithmetic. It shares no code with the
 * decisions, so that no mistake is in both.
 */
export class ReferenceModel {
  /** The operator's days. */
  readonly days: Days;
  readonly accounts = new Accounts();
  readonly wallets = new Map<string, ModelWallet>();
  readonly lanes: ModelLane[];
  readonly capacity: ModelCapacity = { version: 0, declared: 0n, granted: 0n, reported: [], warned: false };
  /** Prices posted so far, each with its time of effect. */
  readonly prices: ModelPrice[] = [];
  /** Number of policies set so far, and the approvals of the last one. */
  policies = 0;
  approvals: ModelPolicy['approvals'] = {};
  /** Open proposals, the oldest first. */
  readonly waitingPrices: Waiting<WaitingPrice>[] = [];
  readonly waitingPolicies: Waiting<ModelPolicy>[] = [];
  /** Tokens that left one place and have not arrived: amounts by their kind and destination. */
  readonly underway = new Map<string, bigint>();
  /** Vouchers on their way back: sender, receiver and amount. */
  readonly goingBack: string[] = [];
  /** Sent transfers, with the counters that they count in. */
  readonly sent = new Map<string, ModelSent>();
  /** Names of things that may happen only once. */
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

  /** The next rank at the end among equals, for incoming tokens. */
  nextRank(): number {
    return ++this.ranks;
  }

  /** The next rank at the front among equals, for returning tokens. */
  firstRank(): number {
    return -++this.ranks;
  }

  /** @throws Error the second time */
  once(what: string): void {
    if (this.done.has(what)) throw new Error(`${what} for the second time`);
    this.done.add(what);
  }

  /** A world of its own with one wallet as it is now: what happens there, this one does not see. */
  beside(walletId: string): ReferenceModel {
    const other = new ReferenceModel(this.lanes.length, this.days.timeZone);
    for (const [lane, own] of other.lanes.entries()) Object.assign(own, this.lanes[lane]);
    other.wallets.set(walletId, structuredClone(this.wallet(walletId)));
    other.ranks = this.ranks;
    return other;
  }

  wallet(walletId: string): ModelWallet {
    const wallet = this.wallets.get(walletId);
    if (!wallet) throw new Error(`${walletId} is not open`);
    return wallet;
  }

  /** µAIT reserved by pending purchases. */
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

  /** Sends something that has to arrive once. */
  depart(what: string, tokens: bigint): void {
    this.once(`departure of ${what}`);
    this.underway.set(what, tokens);
  }

  /** @throws Error for a thing that did not leave, has arrived already, or had another amount */
  arrive(what: string, tokens: bigint): void {
    if (this.underway.get(what) !== tokens) {
      throw new Error(`${tokens} µAIT arrive by ${what}, and ${this.underway.get(what) ?? 'none'} are underway`);
    }
    this.underway.delete(what);
  }
}

export type Handler = (model: ReferenceModel, asked: Asked, at: At) => Consequences;

/** Sources of lots that burn first, as the operator granted them. */
const givenByOperator = new Set(['plan', 'voucher', 'promotion']);
const keptApart = 32;

/** Credits tokens as a lot of their own, or to the youngest equal lot of a wallet with many. */
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

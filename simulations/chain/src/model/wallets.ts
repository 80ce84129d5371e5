import { Lots, type Purpose, type Taken } from './lots.ts';
import type { Unspent } from './receipts.ts';
import { type Alert, type Caps, Spending } from './spending.ts';

/** A rated use that costs something. */
export interface Priced extends Purpose {
  readonly tokens: bigint;
}

/** User of a model or app: the payer, and the key with its ancestors. */
export interface Actor {
  readonly payerId: string;
  /** Empty: no key is known. */
  readonly keyLine: readonly string[];
}

export interface Charged {
  readonly lots: Taken;
  readonly memberIds: readonly string[];
}

export interface Refused {
  readonly code: string;
  readonly limit?: string;
  readonly available?: bigint;
}

/** A wallet: what is in it, and who may spend it. */
export class ModelWallet {
  readonly lots = new Lots();
  limits: Caps = {};
  alertsAt: readonly number[] = [];
  readonly members = new Map<string, Caps>();
  readonly frozenBy = new Set<string>();
  private readonly spending = new Spending();
  private readonly spendingOf = new Map<string, Spending>();

  constructor(readonly ownerId: string) {}

  /**
   * Charges a use wholly, or refuses it: for the wallet's status, for a payer that is no member,
   * for limits, for caps member by member, for tokens, in this order.
   */
  charge(use: Priced, actor: Actor, day: string): Charged | Refused {
    const refused = this.refusal(use, actor, day);
    if (refused) return refused;
    const lots = this.lots.wouldPay(use.tokens, use);
    const paid = lots.reduce((sum, [, tokens]) => sum + tokens, 0n);
    if (paid < use.tokens) return { code: 'WALLET.INSUFFICIENT_TOKENS', available: paid };
    const memberIds = this.boundBy(actor);
    this.lots.take(lots);
    this.spending.spend(use.tokens, day);
    for (const memberId of memberIds) this.of(memberId).spend(use.tokens, day);
    return { lots, memberIds };
  }

  /** A refund: it no longer counts against the limits and caps of its charge. */
  unspend(less: readonly Unspent[]): void {
    for (const { day, memberIds, tokens } of less) {
      this.spending.unspend(tokens, day);
      // A member that was removed meanwhile has spent nothing.
      for (const memberId of memberIds) this.spendingOf.get(memberId)?.unspend(tokens, day);
    }
  }

  /** A member that is removed is forgotten: if it comes back, it has spent nothing. */
  remove(memberId: string): void {
    this.members.delete(memberId);
    this.spendingOf.delete(memberId);
  }

  newAlerts(day: string): readonly Alert[] {
    return this.spending.newAlerts(day, this.limits, this.alertsAt);
  }

  private refusal({ tokens }: Priced, actor: Actor, day: string): Refused | undefined {
    if (this.frozenBy.size > 0) return { code: 'WALLET.FROZEN' };
    if (actor.payerId !== this.ownerId && !this.members.has(actor.payerId)) return { code: 'WALLET.NOT_A_MEMBER' };
    const exceeded = this.spending.exceeded(tokens, day, this.limits);
    if (exceeded) return { code: 'WALLET.LIMIT_EXCEEDED', limit: exceeded };
    for (const memberId of this.boundBy(actor)) {
      const cap = this.of(memberId).exceeded(tokens, day, this.members.get(memberId)!);
      if (cap) return { code: 'WALLET.LIMIT_EXCEEDED', limit: `member-${cap}` };
    }
    return undefined;
  }

  /** Members whose caps bind an actor: the party, if it is not the owner, and keys of its line. */
  private boundBy({ payerId, keyLine }: Actor): readonly string[] {
    return [...(payerId === this.ownerId ? [] : [payerId]), ...keyLine].filter((id) => this.members.has(id));
  }

  private of(memberId: string): Spending {
    const known = this.spendingOf.get(memberId) ?? new Spending();
    this.spendingOf.set(memberId, known);
    return known;
  }
}

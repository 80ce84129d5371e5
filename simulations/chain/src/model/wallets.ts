import { Lots, type Purpose, type Taken } from './lots.ts';
import { PeriodAccount } from './period-accounts.ts';
import type { Receipt, Returned } from './receipts.ts';
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

/** Spending that comes back to a member: of days after one, and perhaps of that one. */
interface Counts {
  readonly day: string;
  readonly whole: boolean;
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
  private readonly accounts = new Map<string, PeriodAccount>();
  /** Last day on which something was spent. */
  private lastDay = '';
  /** What {@link lastDay} was when a member was last removed. */
  private forgottenOn: string | undefined;
  /** By member: the first day of which spending comes back to it. */
  private readonly countsFrom = new Map<string, Counts>();

  constructor(readonly ownerId: string) {}

  /**
   * Charges a use wholly, or refuses it: for the wallet's status, for limits, for caps member by
   * member, for tokens, in this order. A payer that has left the wallet is bound by no cap of it.
   */
  charge(use: Priced, actor: Actor, day: string, time = 0): Charged | Refused {
    const refused = this.refusal(use, actor, day);
    if (refused) return refused;
    const lots = this.lots.wouldPay(use.tokens, use, time);
    const paid = lots.reduce((sum, [, tokens]) => sum + tokens, 0n);
    if (paid < use.tokens) return { code: 'WALLET.INSUFFICIENT_TOKENS', available: paid };
    const memberIds = this.boundBy(actor);
    this.lots.take(lots);
    this.lastDay = day;
    this.spending.spend(use.tokens, day);
    for (const memberId of memberIds) this.of(memberId).spend(use.tokens, day);
    return { lots, memberIds };
  }

  /**
   * What was paid for a use comes back into its lots, and no longer counts against the limits and
   * caps of its days.
   *
   * @param into the lot into which each lot's tokens go
   */
  giveBack(tokens: bigint, receipt: Receipt, purpose: Purpose, into: (lotId: string) => string): readonly Returned[] {
    const returned = receipt.giveBack(tokens, (lots, price) => this.lots.wouldHavePaid(lots, price, purpose));
    this.putBack(returned, into);
    return returned;
  }

  /** Parts of charges come back, the last one first. @param into as of {@link giveBack} */
  putBack(returned: readonly Returned[], into: (lotId: string) => string): void {
    for (const [lotId, part] of returned.flatMap(({ lots }) => lots).toReversed()) {
      this.lots.putBack(lotId, part, into(lotId));
    }
    for (const { day, memberIds, lots } of returned) {
      const less = lots.reduce((sum, [, part]) => sum + part, 0n);
      this.spending.unspend(less, day);
      for (const memberId of memberIds)
        if (this.counts(memberId, day)) this.spendingOf.get(memberId)?.unspend(less, day);
    }
  }

  /** What the wallet has to do with a period of a subscription. */
  accountOf(period: string): PeriodAccount {
    const known = this.accounts.get(period) ?? new PeriodAccount(this.lots.burnOrder);
    this.accounts.set(period, known);
    return known;
  }

  /** A member that joins has spent nothing; one whose caps change goes on. */
  join(memberId: string, caps: Caps): void {
    if (!this.members.has(memberId)) {
      this.countsFrom.set(memberId, { day: this.lastDay, whole: this.lastDay !== this.forgottenOn });
    }
    this.members.set(memberId, caps);
  }

  /**
   * A member that is removed is forgotten: if it comes back, it has spent nothing. Of the day on
   * which it was removed, nothing comes back to whoever joins then.
   */
  remove(memberId: string): void {
    this.members.delete(memberId);
    this.spendingOf.delete(memberId);
    this.countsFrom.delete(memberId);
    this.forgottenOn = this.lastDay;
  }

  private counts(memberId: string, day: string): boolean {
    const from = this.countsFrom.get(memberId);
    return from !== undefined && (day > from.day || (day === from.day && from.whole));
  }

  newAlerts(day: string): readonly Alert[] {
    return this.spending.newAlerts(day, this.limits, this.alertsAt);
  }

  private refusal({ tokens }: Priced, actor: Actor, day: string): Refused | undefined {
    if (this.frozenBy.size > 0) return { code: 'WALLET.FROZEN' };
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

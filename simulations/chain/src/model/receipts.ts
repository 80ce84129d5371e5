import type { Taken } from './lots.ts';

/** Tokens that a charge took from a wallet. */
export interface Payment {
  /** In the order of taking. */
  readonly lots: Taken;
  /** Day for which it counts as spent, and members for whom. */
  readonly day: string;
  readonly memberIds: readonly string[];
}

/** Parts of a payment that come back: they are no longer spent. */
export type Returned = Payment;

/** What the lots of a payment would have paid of a smaller price. */
export type WouldPay = (lots: Taken, tokens: bigint) => Taken;

/** What a use has taken from which lots by now: what comes back is never more than that. */
export class Receipt {
  protected payments: Payment[] = [];

  get total(): bigint {
    return this.payments.reduce((sum, { lots }) => sum + sumOf(lots), 0n);
  }

  pay(payment: Payment): void {
    this.payments.push(payment);
  }

  /**
   * Tokens come back: of the last payment first, so that what is left was paid first. Of a payment
   * of which something is left, each lot keeps what it would have paid of the smaller price: a
   * voucher its share of that. What no lot would have paid, because shares are rounded down, the
   * first lots keep.
   *
   * @returns what comes back, the last payment first
   * @throws RangeError for more than was paid
   */
  giveBack(tokens: bigint, wouldPay: WouldPay): readonly Returned[] {
    if (tokens > this.total) throw new RangeError(`${tokens} come back, of ${this.total}`);
    const returned: Returned[] = [];
    for (let left = tokens; left > 0n;) {
      const last = this.payments.pop()!;
      const price = sumOf(last.lots);
      const back = left < price ? left : price;
      left -= back;
      const kept = keptOf(last.lots, price - back, wouldPay);
      if (price > back) this.payments.push({ ...last, lots: kept });
      returned.push({ ...last, lots: without(last.lots, kept) });
    }
    return returned;
  }
}

/** Compares lots in the order in which they burn; below 0: the first of two burns before. */
export type BurnOrder = (one: string, other: string) => number;

/**
 * What a wallet has charged for a period of a subscription by now, less what went back. Its uses
 * are one charge by day and members that count it: what comes back was charged for all of them.
 * Within a command each of its charges is the last one by itself.
 */
export class PeriodReceipt extends Receipt {
  constructor(private readonly burnOrder: BurnOrder) {
    super();
  }

  /** A command ends: days come in order, those of one day by the names of their members. */
  settle(): void {
    const nameOf = ({ day, memberIds }: Payment) => `${day} ${memberIds.join(' ')}`;
    const charges = [...Map.groupBy(this.payments, nameOf)].sort(([one], [other]) => (one < other ? -1 : 1));
    this.payments = charges.map(([, of]) => ({ ...of[0]!, lots: this.joined(of) }));
  }

  private joined(payments: readonly Payment[]): Taken {
    const sums = new Map<string, bigint>();
    for (const [lotId, tokens] of payments.flatMap(({ lots }) => lots)) {
      sums.set(lotId, (sums.get(lotId) ?? 0n) + tokens);
    }
    return [...sums].sort(([one], [other]) => this.burnOrder(one, other));
  }
}

function keptOf(lots: Taken, price: bigint, wouldPay: WouldPay): Taken {
  const paid = new Map(wouldPay(lots, price));
  let open = price - sumOf([...paid]);
  const kept = lots.map(([lotId, tokens]) => {
    const part = paid.get(lotId) ?? 0n;
    const more = open < tokens - part ? open : tokens - part;
    open -= more;
    return [lotId, part + more] as const;
  });
  return kept.filter(([, tokens]) => tokens > 0n);
}

function without(lots: Taken, kept: Taken): Taken {
  const parts = new Map(kept);
  const left = lots.map(([lotId, tokens]) => [lotId, tokens - (parts.get(lotId) ?? 0n)] as const);
  return left.filter(([, tokens]) => tokens > 0n);
}

const sumOf = (lots: Taken): bigint => lots.reduce((sum, [, tokens]) => sum + tokens, 0n);

import type { Charge } from '../trace/report-usage.ts';
import { type ByMonth, type Expected, expectedOf, isByUse, monthOf, type Offer, sharesOf } from '../trace/trace-use.ts';
import { type Happened, rightUnits } from './mishaps.ts';

/**
 * Independent computation from the trace and the posted prices: per request, or per month where a
 * plan counts over one, and in total.
 */
export interface Recomputation {
  /** Requests whose charge differs from this computation. */
  readonly wrong: readonly string[];
  /** Months of the app with an allowance whose charges come to another sum. */
  readonly wrongMonths: readonly string[];
  /** µAIT of the billed requests, and who has what of it. */
  readonly spent: bigint;
  readonly operator: bigint;
  readonly developer: bigint;
  /** What each provider has, of payers and of the developer's own wallet. */
  readonly providers: readonly bigint[];
  /** What the developer's own wallet pays. */
  readonly subsidies: bigint;
  readonly refused: bigint;
  readonly counts: Readonly<Record<Charge['status'], number>>;
  /** Billed µAIT by party. */
  readonly spentBy: ReadonlyMap<string, bigint>;
}

type Units = Record<'input_tokens' | 'output_tokens', number>;

/**
 * Recomputes every charge of the metering's CSV from the trace's, and compares. Refusals are taken
 * from the charges: they depend on their order.
 */
export function recompute(
  uses: readonly Happened[],
  offers: readonly Offer[],
  partyOf: (payer: number) => string,
  charges: readonly Charge[],
): Recomputation {
  const totals = new Totals();
  const byEvent = new Map(charges.map((charge) => [charge.eventId, charge]));
  const wrong: string[] = [];
  const months = new Months();
  for (const use of uses) {
    const offer = offers[use.offer]!;
    const units = rightUnits(use);
    const charge = byEvent.get(use.eventId);
    const party = partyOf(use.payer);
    const tokens = BigInt(charge?.tokens ?? -1);
    if (charge?.party !== party || (charge.status === 'voided') !== (units === undefined)) wrong.push(use.eventId);
    else if (!isByUse(offer)) {
      months.add(party, offer, units!, tokens);
      totals.add(charge, sharesOf(tokens, offer), 0);
    } else {
      const expected = units ? expectedOf(units, offer) : nothing;
      if (tokens !== expected.tokens) wrong.push(use.eventId);
      totals.add(charge, expected, offer.provider);
    }
  }
  return { ...totals, wrong, wrongMonths: months.wrong };
}

const nothing: Expected = { tokens: 0n, operator: 0n, provider: 0n, developer: 0n, subsidy: 0n };

/** Sums of charges. A subsidy is the developer's, whether its payer could pay or not. */
class Totals {
  spent = 0n;
  operator = 0n;
  developer = 0n;
  readonly providers = [0n, 0n];
  subsidies = 0n;
  refused = 0n;
  readonly counts = { rated: 0, billed: 0, uncollected: 0, voided: 0 };
  readonly spentBy = new Map<string, bigint>();

  add({ status, party }: Charge, share: Expected, provider: number): void {
    this.counts[status] += 1;
    this.subsidies += share.subsidy;
    this.providers[provider]! += share.subsidy;
    if (status !== 'billed') {
      this.refused += share.tokens;
      return;
    }
    this.spent += share.tokens;
    this.operator += share.operator;
    this.developer += share.developer;
    this.providers[provider]! += share.provider - share.subsidy;
    this.spentBy.set(party, (this.spentBy.get(party) ?? 0n) + share.tokens);
  }
}

/** Months of one plan by payer: their charges come to the price of all units of the month. */
class Months {
  private readonly months = new Map<string, { offer: ByMonth; units: Units; tokens: bigint }>();

  add(party: string, offer: ByMonth, units: Readonly<Units>, tokens: bigint): void {
    const month = this.months.get(party) ?? { offer, units: { input_tokens: 0, output_tokens: 0 }, tokens: 0n };
    month.units.input_tokens += units.input_tokens;
    month.units.output_tokens += units.output_tokens;
    month.tokens += tokens;
    this.months.set(party, month);
  }

  get wrong(): string[] {
    return [...this.months]
      .filter(([, { offer, units, tokens }]) => tokens !== monthOf(units, offer))
      .map(([of]) => of);
  }
}

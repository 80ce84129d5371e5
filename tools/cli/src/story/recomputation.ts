import type { Charge } from '../trace/report-usage.ts';
import { type Expected, expectedOf, type Offer, type TraceUse } from '../trace/trace-use.ts';

/**
 * Independent computation from the trace and the posted prices: per request, and in total over the
 * billed ones.
 */
export interface Recomputation {
  /** Requests whose charge differs from this computation. */
  readonly wrong: readonly string[];
  readonly rated: bigint;
  readonly billed: Expected;
  readonly refused: bigint;
  readonly billedCount: number;
  readonly refusedCount: number;
  /** Billed µAIT by party. */
  readonly spentBy: ReadonlyMap<string, bigint>;
}

const nothing: Expected = { tokens: 0n, operator: 0n, provider: 0n, developer: 0n };

const plus = (a: Expected, b: Expected): Expected => ({
  tokens: a.tokens + b.tokens,
  operator: a.operator + b.operator,
  provider: a.provider + b.provider,
  developer: a.developer + b.developer,
});

/**
 * Recomputes every charge from the CSV, and compares. Refusals are taken from the charges: they
 * depend on their order.
 */
export function recompute(
  uses: readonly TraceUse[],
  offers: readonly Offer[],
  partyOf: (payer: number) => string,
  charges: readonly Charge[],
): Recomputation {
  const byEvent = new Map(charges.map((charge) => [charge.eventId, charge]));
  const wrong: string[] = [];
  const spentBy = new Map<string, bigint>();
  let [rated, refused] = [0n, 0n];
  let [billedCount, refusedCount] = [0, 0];
  let billed = nothing;
  for (const use of uses) {
    const expected = expectedOf(use.row, offers[use.offer]!);
    const party = partyOf(use.payer);
    const charge = byEvent.get(use.eventId);
    rated += expected.tokens;
    if (charge?.tokens !== String(expected.tokens) || charge.party !== party) wrong.push(use.eventId);
    if (charge?.status === 'billed') {
      billed = plus(billed, expected);
      billedCount += 1;
      spentBy.set(party, (spentBy.get(party) ?? 0n) + expected.tokens);
    } else {
      refused += expected.tokens;
      refusedCount += 1;
    }
  }
  return { wrong, rated, billed, refused, billedCount, refusedCount, spentBy };
}

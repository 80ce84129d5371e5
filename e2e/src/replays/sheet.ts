/**
 * Prices of the proof, and what uses cost by them: computed from the rules of domain.md and the
 * sheet of libs/rating alone, without a line of theirs.
 */
const million = 1_000_000n;

export type Units = Readonly<Record<string, number>>;
type PriceList = Readonly<Record<string, string>>;

/** µAIT per unit. Six decimals, so that rounding matters. */
const cheap: PriceList = { input_tokens: '1.25', output_tokens: '5.000001' };
const dear: PriceList = { input_tokens: '1.5', output_tokens: '6.333333' };
const marked: PriceList = { input_tokens: '2.5', output_tokens: '9.333333' };
const given: PriceList = { input_tokens: '0.1', output_tokens: '0.499999' };

/** Two providers' offers of one model. */
export const offers = [cheap, dear] as const;
export const modelBps = 500n;
export const appBps = 1_003n;

/** Free units, then tiers: the price of the units above the last tier's end, up to this one's. */
interface Counted {
  readonly includedUnits: number;
  readonly tiers: readonly { readonly upTo: number | null; readonly unitPrice: string }[];
}

/** Prices that count over a month of a subscription. */
export const counted: Readonly<Record<string, Counted>> = {
  input_tokens: {
    includedUnits: 2_500,
    tiers: [
      { upTo: 20_000, unitPrice: '1.333333' },
      { upTo: null, unitPrice: '0.9' },
    ],
  },
  output_tokens: { includedUnits: 700, tiers: [{ upTo: null, unitPrice: '4.000007' }] },
};

/** What a use may be of: a model of one offer, an app on such, or an app with an allowance. */
export type Kind = keyof typeof kinds;
export const kinds = {
  'model of one provider': { offer: 0 },
  'model of another': { offer: 1 },
  'app that sells above cost': { offer: 0, prices: marked },
  'app that is subsidised': { offer: 1, prices: given },
  'app with allowance and tiers': { prices: 'counted' },
} as const satisfies Readonly<Record<string, { readonly offer?: 0 | 1; readonly prices?: PriceList | 'counted' }>>;
export const kindNames = Object.keys(kinds) as readonly Kind[];

/** What a use costs its payer and its developer, and what of it belongs to whom. */
export interface Cost {
  readonly tokens: bigint;
  /** What the developer's own wallet pays. */
  readonly subsidy: bigint;
  readonly operator: bigint;
  readonly provider: bigint;
  readonly developer: bigint;
}

/** µAIT × 10⁶ of a decimal string. */
function exact(decimal: string): bigint {
  const [whole = '0', decimals = ''] = decimal.split('.');
  return BigInt(whole) * million + BigInt(decimals.padEnd(6, '0'));
}

const halfUp = (amount: bigint, per: bigint): bigint => (2n * amount + per) / (2n * per);

const priced = (units: Units, prices: PriceList): bigint =>
  halfUp(
    Object.entries(units).reduce((sum, [meter, count]) => sum + BigInt(count) * exact(prices[meter]!), 0n),
    million,
  );

const feeOf = (tokens: bigint, bps: bigint): bigint => halfUp(tokens * bps, 10_000n);

/** Cost of a use that its units alone determine. */
export function costOf(kind: Kind, units: Units): Cost {
  const { offer, prices } = kinds[kind] as { readonly offer: 0 | 1; readonly prices?: PriceList };
  const cost = priced(units, offers[offer]);
  if (!prices) {
    const operator = feeOf(cost, modelBps);
    return { tokens: cost, subsidy: 0n, operator, provider: cost - operator, developer: 0n };
  }
  const tokens = priced(units, prices);
  const operator = feeOf(tokens, appBps);
  const rest = tokens - operator;
  const paid = cost < rest ? cost : rest;
  return { tokens, subsidy: cost - paid, operator, provider: cost, developer: rest - paid };
}

/** Cost of a month of the app with an allowance, by all units of the month. */
export function monthOf(units: Units): bigint {
  return Object.entries(units).reduce((sum, [meter, count]) => sum + graduated(count, counted[meter]!), 0n);
}

function graduated(count: number, { includedUnits, tiers }: Counted): bigint {
  let [from, amount] = [0n, 0n];
  const quantity = BigInt(Math.max(0, count - includedUnits));
  for (const { upTo, unitPrice } of tiers) {
    const end = upTo === null || BigInt(upTo) > quantity ? quantity : BigInt(upTo);
    if (end > from) amount += (end - from) * exact(unitPrice);
    from = end > from ? end : from;
  }
  return halfUp(amount, million);
}

/** Shares of a charge of the app with an allowance, which uses no model. */
export function sharesOfCounted(tokens: bigint): Pick<Cost, 'operator' | 'developer'> {
  const operator = feeOf(tokens, appBps);
  return { operator, developer: tokens - operator };
}

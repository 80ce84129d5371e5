import { createHash } from 'node:crypto';
import { divideHalfUp, scaled } from '@tokengrid/contracts';
import type { TraceRow } from './trace-file.ts';

/** Prices of one kind of use: µAIT per unit, decimal strings. */
export interface Prices {
  readonly input_tokens: string;
  readonly output_tokens: string;
}

/** Units of a use. */
export type TraceUnits = Readonly<Record<keyof Prices, number>>;

/** Offer for a request of the trace: a model directly, or an app that uses one. */
export interface ByUse {
  readonly model: string;
  /** Id of the offer, where several providers have the model. */
  readonly offer?: string;
  /** Who of the providers offers it. */
  readonly provider: number;
  readonly modelPrices: Prices;
  readonly app?: string;
  readonly appPrices?: Prices;
  readonly operatorBps: number;
}

/** An app without a model, whose plan counts over a month: free units, then tiers. */
export interface ByMonth {
  readonly app: string;
  readonly counted: Readonly<Record<keyof Prices, CountedPrice>>;
  readonly operatorBps: number;
}

interface CountedPrice {
  readonly includedUnits: number;
  /** The price of each unit above the tier before, up to its end; the last has none. */
  readonly tiers: readonly { readonly upTo: number | null; readonly unitPrice: string }[];
}

export type Offer = ByUse | ByMonth;

export const isByUse = (offer: Offer): offer is ByUse => 'model' in offer;

/** A request of the trace as a use, with its payer and offer. */
export interface TraceUse {
  readonly row: TraceRow;
  readonly eventId: string;
  readonly payer: number;
  readonly offer: number;
}

/**
 * Payers and offers of rows by a stated hash, so that anybody finds the same: SHA-256 of the row's
 * line number as decimal text; its first 4 bytes (big-endian) modulo the number of payers is the
 * payer, the next byte modulo the number of offers is the offer.
 */
export function usesOf(rows: readonly TraceRow[], payers: number, offers: number): TraceUse[] {
  return rows.map((row) => {
    const digest = createHash('sha256').update(String(row.line)).digest();
    return {
      row,
      eventId: `request-${row.line}`,
      payer: digest.readUInt32BE(0) % payers,
      offer: digest.readUInt8(4) % offers,
    };
  });
}

export const unitsOf = ({ contextTokens, generatedTokens }: TraceRow): TraceUnits => ({
  input_tokens: contextTokens,
  output_tokens: generatedTokens,
});

/** Expected price and shares of a use, computed from the trace and the posted prices alone. */
export interface Expected {
  readonly tokens: bigint;
  readonly operator: bigint;
  readonly provider: bigint;
  readonly developer: bigint;
  /** What the developer's own wallet pays of the model's price. */
  readonly subsidy: bigint;
}

/**
 * The rules of domain.md, computed apart from the services: the total of a use's lines is rounded
 * half up once; the operator's basis points of gross are rounded half up; a model's provider gets
 * the rest, or, behind an app, the model's price, and the developer the rest. Where the rest does
 * not suffice for the model's price, the developer pays what is missing.
 */
export function expectedOf(units: TraceUnits, offer: ByUse): Expected {
  const cost = priceOf(units, offer.modelPrices);
  const tokens = offer.appPrices ? priceOf(units, offer.appPrices) : cost;
  const operator = feeOf(tokens, offer.operatorBps);
  const rest = tokens - operator;
  if (!offer.appPrices) return { tokens, operator, provider: rest, developer: 0n, subsidy: 0n };
  const subsidy = cost > rest ? cost - rest : 0n;
  return { tokens, operator, provider: cost, developer: rest + subsidy - cost, subsidy };
}

/** Shares of a charge of an app without a model. */
export function sharesOf(tokens: bigint, { operatorBps }: ByMonth): Expected {
  const operator = feeOf(tokens, operatorBps);
  return { tokens, operator, provider: 0n, developer: tokens - operator, subsidy: 0n };
}

/** The price of all units of a month: each meter's is rounded once. */
export function monthOf(units: TraceUnits, { counted }: ByMonth): bigint {
  return Object.entries(counted).reduce(
    (sum, [meter, price]) => sum + graduated(units[meter as keyof Prices], price),
    0n,
  );
}

function graduated(units: number, { includedUnits, tiers }: CountedPrice): bigint {
  const quantity = Math.max(0, units - includedUnits);
  let [from, exact] = [0, 0n];
  for (const { upTo, unitPrice } of tiers) {
    const end = Math.min(upTo ?? quantity, quantity);
    if (end <= from) break;
    exact += BigInt(end - from) * scaled(unitPrice);
    from = end;
  }
  return divideHalfUp(exact, 1_000_000n);
}

const feeOf = (tokens: bigint, bps: number) => divideHalfUp(tokens * BigInt(bps), 10_000n);

function priceOf(units: TraceUnits, prices: Prices): bigint {
  const exact =
    BigInt(units.input_tokens) * scaled(prices.input_tokens) +
    BigInt(units.output_tokens) * scaled(prices.output_tokens);
  return divideHalfUp(exact, 1_000_000n);
}

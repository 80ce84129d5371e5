import { createHash } from 'node:crypto';
import { divideHalfUp, scaled } from '@tokengrid/contracts';
import type { TraceRow } from './trace-file.ts';

/** Prices of one kind of use: µAIT per unit, decimal strings. */
export interface Prices {
  readonly input_tokens: string;
  readonly output_tokens: string;
}

/** Offer for a request of the trace: a model directly, or an app that uses one. */
export interface Offer {
  readonly model: string;
  readonly modelPrices: Prices;
  readonly app?: string;
  readonly appPrices?: Prices;
  readonly operatorBps: number;
}

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

/** Expected price and shares of a use, computed from the trace and the posted prices alone. */
export interface Expected {
  readonly tokens: bigint;
  readonly operator: bigint;
  readonly provider: bigint;
  readonly developer: bigint;
}

/**
 * The rules of domain.md, computed apart from the services: the total of a use's lines is rounded
 * half up once; the operator's basis points of gross are rounded half up; a model's provider gets
 * the rest, or, behind an app, the model's price, and the developer the rest. The story's app sells
 * above that price.
 */
export function expectedOf(row: TraceRow, offer: Offer): Expected {
  const cost = priceOf(row, offer.modelPrices);
  const tokens = offer.appPrices ? priceOf(row, offer.appPrices) : cost;
  const operator = divideHalfUp(tokens * BigInt(offer.operatorBps), 10_000n);
  if (!offer.appPrices) return { tokens, operator, provider: tokens - operator, developer: 0n };
  return { tokens, operator, provider: cost, developer: tokens - operator - cost };
}

function priceOf(row: TraceRow, prices: Prices): bigint {
  const exact =
    BigInt(row.contextTokens) * scaled(prices.input_tokens) +
    BigInt(row.generatedTokens) * scaled(prices.output_tokens);
  return divideHalfUp(exact, 1_000_000n);
}

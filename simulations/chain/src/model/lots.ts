import { isDeepStrictEqual } from 'node:util';
import { Fraction } from './fraction.ts';

/** Uses that a voucher may pay for. */
interface VoucherTerms {
  readonly apps?: readonly string[] | undefined;
  readonly models?: readonly string[] | undefined;
  /** Of one charge at most, in basis points. */
  readonly shareBps: number;
  /** Of one charge at most, in µAIT. */
  readonly capPerUse?: bigint | undefined;
}

/** Tokens that came in together. */
export interface Lot extends LotTerms {
  readonly lotId: string;
  readonly tokens: bigint;
}

/** Terms of a lot's tokens, and their expiry. */
export interface LotTerms {
  readonly source?: string | undefined;
  readonly priority: number;
  /** Epoch milliseconds; `undefined`: never. */
  readonly expiresAt: number | undefined;
  readonly transferable: boolean;
  readonly voucher?: VoucherTerms | undefined;
}

/** The use that is paid for. */
export interface Purpose {
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

/** By lot, in the order of taking. */
export type Taken = readonly (readonly [lotId: string, tokens: bigint])[];

/**
 * A wallet's lots: they burn down by priority, then soonest expiry, then those first that can't be
 * transferred, then the oldest. A voucher pays for what it is for alone, and its share of each use.
 */
export class Lots {
  /** In the order in which they came. */
  private lots: readonly Lot[] = [];
  /** Of all lots that there ever were. */
  private readonly terms = new Map<string, LotTerms>();
  /** Terms by kind. */
  private readonly kinds = new Map<string, LotTerms>();

  /** Tokens with the id of a present lot join it, as a statement's parts do. */
  add(lot: Lot): void {
    const { lotId: _id, tokens: _tokens, ...terms } = lot;
    this.terms.set(lot.lotId, terms);
    this.lots = this.joined(lot) ?? [...this.lots, lot];
  }

  private joined(lot: Lot): readonly Lot[] | undefined {
    if (!this.lots.some(({ lotId }) => lotId === lot.lotId)) return undefined;
    const joined = (there: Lot) =>
      there.lotId === lot.lotId ? { ...there, tokens: there.tokens + lot.tokens } : there;
    return this.lots.map(joined);
  }

  of(lotId: string): bigint {
    return this.lots.find((lot) => lot.lotId === lotId)?.tokens ?? 0n;
  }

  termsOf(lotId: string): LotTerms | undefined {
    return this.terms.get(lotId);
  }

  /**
   * What was taken from a lot comes back: into it, or into one of its like, which may be new. A lot
   * that was used up comes first among its equals, as it was taken first.
   *
   * @throws RangeError for a lot with other terms
   */
  putBack(lotId: string, tokens: bigint, intoId: string): void {
    const terms = this.terms.get(lotId);
    if (!terms) throw new RangeError(`there never was ${lotId}`);
    const into = this.terms.get(intoId);
    if (into && !isLike(into, terms)) throw new RangeError(`${intoId} is not like ${lotId}`);
    const lot = { ...terms, lotId: intoId, tokens };
    this.terms.set(intoId, terms);
    this.lots = this.joined(lot) ?? [lot, ...this.lots];
  }

  /** @returns what was left in the lots, and is gone */
  drop(lotIds: readonly string[]): bigint {
    const gone = this.lots.filter(({ lotId }) => lotIds.includes(lotId));
    this.lots = this.lots.filter(({ lotId }) => !lotIds.includes(lotId));
    return totalOf(gone);
  }

  get total(): bigint {
    return totalOf(this.lots);
  }

  dueAt(time: number): readonly Lot[] {
    return this.lots.filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= time);
  }

  /** True with vouchers: then the available tokens depend on the use. */
  get hasVouchers(): boolean {
    return this.lots.some(({ voucher }) => voucher !== undefined);
  }

  /** Amount of a use that these lots cover; what is due pays nothing. */
  wouldPay(tokens: bigint, purpose: Purpose, time: number): Taken {
    const due = new Set(this.dueAt(time));
    return paidBy(this.lots.filter((lot) => !due.has(lot)).toSorted(burnsFirst), tokens, purpose);
  }

  /** What lots would have paid of a price of which they paid some. */
  wouldHavePaid(taken: Taken, tokens: bigint, purpose: Purpose): Taken {
    return paidBy(
      taken.map(([lotId, part]) => ({ ...this.terms.get(lotId)!, lotId, tokens: part })),
      tokens,
      purpose,
    );
  }

  /** Lots that burn alike are of one kind: which of them pays makes no difference to anybody. */
  kindOf(lotId: string): string {
    const { source: _, ...terms } = this.terms.get(lotId)!;
    const kind = JSON.stringify(terms, (__, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));
    if (!this.kinds.has(kind)) this.kinds.set(kind, terms);
    return kind;
  }

  /**
   * What kinds of lots would have paid of a smaller price of a period: a voucher its share of that.
   * Its cap and what it is for have bound each use of the period as that was charged.
   */
  wouldHavePaidOf(taken: Taken, tokens: bigint): Taken {
    const lots = taken.map(([kind, part]): Lot => {
      const terms = this.kinds.get(kind)!;
      const voucher = terms.voucher && { shareBps: terms.voucher.shareBps };
      return { ...terms, voucher, lotId: kind, tokens: part };
    });
    return paidBy(lots, tokens, {});
  }

  /** Compares kinds of lots in the order in which they burn. */
  readonly burnOrder = (one: string, other: string): number => {
    const lotOf = (kind: string): Lot => ({ ...this.kinds.get(kind)!, lotId: kind, tokens: 0n });
    return burnsFirst(lotOf(one), lotOf(other));
  };

  take(taken: Taken): void {
    const parts = new Map(taken);
    this.lots = this.lots
      .map((lot) => ({ ...lot, tokens: lot.tokens - (parts.get(lot.lotId) ?? 0n) }))
      .filter(({ tokens }) => tokens > 0n);
  }
}

/** What lots pay of a use, in the order in which they burn. */
function paidBy(lots: readonly Lot[], tokens: bigint, purpose: Purpose): Taken {
  const taken: (readonly [string, bigint])[] = [];
  let left = tokens;
  for (const lot of lots) {
    const part = least(left, lot.tokens, mostOf(lot.voucher, tokens, purpose));
    if (part === 0n) continue;
    taken.push([lot.lotId, part]);
    left -= part;
  }
  return taken;
}

const isLike = (one: LotTerms, other: LotTerms): boolean =>
  one.source === other.source &&
  one.priority === other.priority &&
  one.expiresAt === other.expiresAt &&
  one.transferable === other.transferable &&
  isDeepStrictEqual(one.voucher, other.voucher);

function burnsFirst(one: Lot, other: Lot): number {
  const expiry = (lot: Lot) => lot.expiresAt ?? Number.MAX_SAFE_INTEGER;
  return (
    one.priority - other.priority ||
    expiry(one) - expiry(other) ||
    Number(one.transferable) - Number(other.transferable)
  );
}

/** Most that a lot may pay of a use. */
function mostOf(terms: VoucherTerms | undefined, tokens: bigint, { app, model }: Purpose): bigint {
  if (!terms) return tokens;
  const isFor = (names: readonly string[] | undefined, name: string | undefined) =>
    names === undefined || (name !== undefined && names.includes(name));
  if (!isFor(terms.apps, app) || !isFor(terms.models, model)) return 0n;
  const share = Fraction.of(tokens * BigInt(terms.shareBps), 10_000n).roundedDown;
  return terms.capPerUse === undefined ? share : least(share, terms.capPerUse);
}

const least = (...amounts: readonly bigint[]): bigint => amounts.reduce((one, other) => (one < other ? one : other));
const totalOf = (lots: readonly Lot[]): bigint => lots.reduce((sum, { tokens }) => sum + tokens, 0n);

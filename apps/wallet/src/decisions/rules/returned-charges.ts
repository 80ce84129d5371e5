import type { LotTaken, LotTerms, ReturnedCharge } from '@tokengrid/contracts';
import { homeOf, least, sumOf, type WalletLot } from '../state/lots.ts';
import { payableOf } from './vouchers.ts';

/** Tokens charged on one day, less those that went back. */
export interface PaidCharge {
  readonly day: string;
  readonly memberIds?: string[] | undefined;
  /** In burn order. */
  readonly lots: readonly LotTaken[];
}

/** Charges of which tokens may go back. */
export interface Paid {
  /** The oldest first. */
  readonly charges: readonly PaidCharge[];
  /** Terms of their lots. */
  readonly terms: ReadonlyMap<string, LotTerms>;
}

/** Terms of a lot as far as they tell what of a charge it pays. */
type Payer = (terms: LotTerms) => Parameters<typeof payableOf>[0]['voucher'];

/** What a lot pays of, and how many parts of charges one event states. */
export interface Returning {
  readonly use: Parameters<typeof payableOf>[1];
  readonly voucherOf?: Payer;
  readonly most?: number;
}

const ownVoucher: Payer = ({ voucher }) => voucher;

/**
 * What goes back of charges, the last one first. Each keeps what it would have taken of its lots
 * for the smaller price, a voucher no more than its share of that; the rest returns.
 * @param held lots of the wallet, into which it goes
 */
export function returnedOf(
  { charges, terms }: Paid,
  tokens: bigint,
  held: readonly WalletLot[],
  { use, voucherOf = ownVoucher, most = Infinity }: Returning,
): ReturnedCharge[] {
  const returned: ReturnedCharge[] = [];
  let left = tokens;
  let parts = 0;
  for (const { day, memberIds, lots } of charges.toReversed()) {
    parts += lots.length;
    if (left === 0n || (parts > most && returned.length > 0)) break;
    const back = least(left, sumOf(lots));
    left -= back;
    const payable = ({ lotId, tokens: taken }: LotTaken, charge: bigint) =>
      payableOf({ voucher: voucherOf(terms.get(lotId)!), tokens: taken }, use, charge);
    const kept = keptOf(lots, sumOf(lots) - back, payable);
    const returning = lots.flatMap((lot, index) => {
      const part = lot.tokens - kept[index]!;
      if (part === 0n) return [];
      const into = homeOf(held, terms.get(lot.lotId)!);
      return [{ ...lot, tokens: part, ...(into !== lot.lotId && { into }) }];
    });
    returned.push({ day, ...(memberIds && { memberIds }), lots: returning });
  }
  return returned;
}

/** What a charge would have taken of its lots, had it been smaller. */
function keptOf(
  lots: readonly LotTaken[],
  charge: bigint,
  payable: (lot: LotTaken, charge: bigint) => bigint,
): bigint[] {
  let missing = charge;
  const kept = lots.map((lot) => {
    const part = least(missing, payable(lot, charge));
    missing -= part;
    return part;
  });
  // Rounding of shares may leave something that only a voucher has paid.
  lots.forEach(({ tokens }, index) => {
    const part = least(missing, tokens - kept[index]!);
    kept[index]! += part;
    missing -= part;
  });
  return kept;
}

/** Charges without what went back of them, each from the last one with these lots. */
export function withoutReturned(charges: readonly PaidCharge[], returned: readonly ReturnedCharge[]): PaidCharge[] {
  const left = charges.map((charge) => ({ ...charge, lots: [...charge.lots] }));
  for (const { day, memberIds, lots } of returned) {
    for (const { lotId, tokens } of lots) {
      let missing = tokens;
      for (const charge of left.toReversed()) {
        if (charge.day !== day || String(charge.memberIds) !== String(memberIds)) continue;
        charge.lots = charge.lots.map((lot) => {
          const part = lot.lotId === lotId ? least(missing, lot.tokens) : 0n;
          missing -= part;
          return part === 0n ? lot : { ...lot, tokens: lot.tokens - part };
        });
      }
    }
  }
  return left
    .map((charge) => ({ ...charge, lots: charge.lots.filter(({ tokens }) => tokens > 0n) }))
    .filter(({ lots }) => lots.length > 0);
}

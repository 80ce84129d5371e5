import type { VoucherTerms } from '@tokengrid/contracts';
import { isOrdinary, least, sumOf, type WalletLot } from '../state/lots.ts';
import { type Taking, isOfParty, takesVoucher } from '../state/vouchers.ts';

/** The use that tokens pay for. */
export interface Use {
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

export const mostVouchersOfParties = 24;

/** Maximum number of vouchers of one funder, so that no party takes all places. */
export const mostVouchersOfOne = 4;

/**
 * The place of a party's voucher: a free one, or that of the smallest party's voucher (the latest
 * among equals) if smaller; undefined: none.
 */
export function placeFor(wallet: Taking, funder: string, tokens: bigint): 'free' | WalletLot | undefined {
  const ofParties = wallet.lots.filter(isOfParty);
  if (ofParties.filter(({ voucher }) => voucher!.funder === funder).length >= mostVouchersOfOne) return undefined;
  if (takesVoucher(wallet.lots) && ofParties.length < mostVouchersOfParties) return 'free';
  const youngestFirst = wallet.arrivals.toReversed().flatMap((id) => ofParties.find(({ lotId }) => lotId === id) ?? []);
  const [first, ...others] = youngestFirst;
  if (!first) return undefined;
  const smallest = others.reduce((least, lot) => (lot.tokens < least.tokens ? lot : least), first);
  return smallest.tokens < tokens ? smallest : undefined;
}

const basisPoints = 10000n;

/** True for a use within the voucher's apps and models, where it names any. */
const covers = ({ apps, models }: VoucherTerms, { app, model }: Use): boolean =>
  (!apps || (app !== undefined && apps.includes(app))) && (!models || (model !== undefined && models.includes(model)));

/**
 * Maximum of a lot that a charge may take, in µAIT: a voucher's share of the charge, rounded down
 * and within its cap (zero out of scope), and all of any other lot.
 */
export function payableOf(lot: Pick<WalletLot, 'voucher' | 'tokens'>, use: Use, charge: bigint): bigint {
  const { voucher, tokens } = lot;
  if (!voucher) return tokens;
  if (!covers(voucher, use)) return 0n;
  const share = (charge * BigInt(voucher.shareBps)) / basisPoints;
  return least(tokens, least(share, voucher.capPerUse ?? share));
}

/**
 * Lots of a wallet that uses burn one after the other. Lots burnt to the end are passed over, so
 * that each use looks at the vouchers and the first other lots only.
 */
export class BurningLots {
  private readonly lots: WalletLot[];
  /** Indices of the vouchers, in burn order. */
  private readonly vouchers: readonly number[];
  /** Index before which no lot other than a voucher has tokens left. */
  private first = 0;
  /** µAIT of all lots that are no vouchers. */
  private ordinary: bigint;

  constructor(lots: readonly WalletLot[]) {
    this.lots = [...lots];
    this.vouchers = lots.flatMap((lot, index) => (isOrdinary(lot) ? [] : [index]));
    this.ordinary = ordinaryOf({ lots });
  }

  /** The lots with tokens left. */
  get left(): readonly WalletLot[] {
    return this.lots.filter(({ tokens }) => tokens > 0n);
  }

  /** µAIT that a charge for a use may take of all lots. */
  payableFor(use: Use, charge: bigint): bigint {
    return this.ordinary + this.vouchersFor(use, charge);
  }

  /** µAIT that a charge for a use may take of vouchers. */
  vouchersFor(use: Use, charge: bigint): bigint {
    let sum = 0n;
    for (const index of this.vouchers) sum += payableOf(this.lots[index]!, use, charge);
    return sum;
  }

  /**
   * Burns what a charge for a use takes; returns it in burn order.
   * @param part of the charge that is taken here, and not out of a hold
   * @throws RangeError where the lots do not cover it
   */
  burn(use: Use, charge: bigint, part = charge): WalletLot[] {
    const taken: WalletLot[] = [];
    let missing = part;
    for (const index of this.inOrder()) {
      if (missing === 0n) return taken;
      const lot = this.lots[index]!;
      const taking = least(payableOf(lot, use, charge), missing);
      if (taking === 0n) continue;
      missing -= taking;
      taken.push(taking === lot.tokens ? lot : { ...lot, tokens: taking });
      this.lots[index] = { ...lot, tokens: lot.tokens - taking };
      if (isOrdinary(lot)) this.ordinary -= taking;
    }
    if (missing > 0n) throw new RangeError(`the lots lack ${missing} of ${part}`);
    return taken;
  }

  /** Indices of lots that may have tokens left, in burn order. */
  private *inOrder(): Generator<number> {
    const { lots } = this;
    while (this.first < lots.length && (!isOrdinary(lots[this.first]!) || lots[this.first]!.tokens === 0n))
      this.first++;
    for (const index of this.vouchers) {
      if (index >= this.first) break;
      yield index;
    }
    for (let index = this.first; index < lots.length; index++) yield index;
  }
}

/**
 * True for a lot that pays the whole of every use in a scope: each part of it can be spent there.
 * Vouchers that pay a share of a use are spent when it is charged.
 */
export const paysWhole = ({ voucher }: WalletLot, scope: readonly Use[]): boolean =>
  !voucher ||
  (voucher.shareBps === Number(basisPoints) &&
    voucher.capPerUse === undefined &&
    scope.every((use) => covers(voucher, use)));

/** µAIT of all lots that are no vouchers. */
export const ordinaryOf = ({ lots }: { readonly lots: readonly WalletLot[] }): bigint => sumOf(lots.filter(isOrdinary));

import type { VoucherTerms } from '@tokengrid/contracts';
import { isOrdinary, least, sumOf, type WalletLot } from '../state/lots.ts';
import { type Taking, isOfParty, takesVoucher } from '../state/vouchers.ts';

/** The use that tokens pay for. */
interface Use {
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
export function payableOf(lot: WalletLot, use: Use, charge: bigint): bigint {
  const { voucher, tokens } = lot;
  if (!voucher) return tokens;
  if (!covers(voucher, use)) return 0n;
  const share = (charge * BigInt(voucher.shareBps)) / basisPoints;
  return least(tokens, least(share, voucher.capPerUse ?? share));
}

/** µAIT that a charge for a use may take of all lots. */
export function payableFor(lots: readonly WalletLot[], use: Use, charge: bigint): bigint {
  let sum = 0n;
  for (const lot of lots) sum += payableOf(lot, use, charge);
  return sum;
}

/** µAIT of all lots that are no vouchers. */
export const ordinaryOf = ({ lots }: { readonly lots: readonly WalletLot[] }): bigint => sumOf(lots.filter(isOrdinary));

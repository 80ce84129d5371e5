import type { VoucherTerms } from '@tokengrid/contracts';
import { isOrdinary, least, sumOf, type WalletLot } from '../state/lots.ts';
import { type Taking, isOfParty, takesVoucher } from '../state/vouchers.ts';

/** What tokens are to pay for. */
interface Use {
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

export const mostVouchersOfParties = 24;

/** Vouchers of one funder, so that no party fills the places of all. */
export const mostVouchersOfOne = 4;

/**
 * Where a voucher that a party funds finds its place: in a free one, or instead of the smallest of
 * parties' vouchers, of equals the one that arrived last, if it is larger; undefined: nowhere.
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

/**
 * Whether a voucher may pay for a use: each of the apps and models that it names, if it names any.
 */
const covers = ({ apps, models }: VoucherTerms, { app, model }: Use): boolean =>
  (!apps || (app !== undefined && apps.includes(app))) && (!models || (model !== undefined && models.includes(model)));

/**
 * Most µAIT of a lot that a charge for a use may take: of a voucher in scope its share of the
 * charge, rounded down, and no more than its cap; of one out of scope nothing; of any other lot
 * all.
 */
export function payableOf(lot: WalletLot, use: Use, charge: bigint): bigint {
  const { voucher, tokens } = lot;
  if (!voucher) return tokens;
  if (!covers(voucher, use)) return 0n;
  const share = (charge * BigInt(voucher.shareBps)) / basisPoints;
  return least(tokens, least(share, voucher.capPerUse ?? share));
}

/** µAIT that a charge for a use could take. */
export function payableFor(lots: readonly WalletLot[], use: Use, charge: bigint): bigint {
  let sum = 0n;
  for (const lot of lots) sum += payableOf(lot, use, charge);
  return sum;
}

/** µAIT that can be used for anything: what is no voucher. */
export const ordinaryOf = ({ lots }: { readonly lots: readonly WalletLot[] }): bigint => sumOf(lots.filter(isOrdinary));

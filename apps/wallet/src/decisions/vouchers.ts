import type { Lot, VoucherTerms } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import type { WalletLot } from './lots.ts';
import { isOrdinary, least, sumOf } from './lots.ts';

/** What tokens are to pay for. */
export interface Use {
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

/** Vouchers that a wallet may have at once: in all, and of other parties, who must not be able to fill it up. */
export const mostVouchers = 32;
export const mostVouchersOfParties = 24;

/** Vouchers of one funder, so that no party fills the places of all. */
export const mostVouchersOfOne = 4;

const isVoucher = ({ voucher }: WalletLot): boolean => voucher !== undefined;

/** Whether a wallet takes one more voucher of the operator's. */
export const takesVoucher = (lots: readonly WalletLot[]): boolean => lots.filter(isVoucher).length < mostVouchers;

interface Taking {
  readonly lots: readonly WalletLot[];
  /** The vouchers' ids, in the order in which they arrived. */
  readonly arrivals: readonly string[];
}

/**
 * Where a voucher that a party funds finds its place: in a free one, or instead of the smallest of parties' vouchers, of equals the
 * one that arrived last, if it is larger; undefined: nowhere.
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

/** A wallet's vouchers in the order in which they arrived, once some more did. */
export function withArrivals({ lots, arrivals }: Taking, came: readonly Pick<Lot, 'lotId' | 'voucher'>[]) {
  const vouchers = came.filter(({ voucher }) => voucher !== undefined).map(({ lotId }) => lotId);
  if (vouchers.length === 0) return arrivals;
  return [...arrivals.filter((id) => lots.some(({ lotId }) => lotId === id)), ...vouchers];
}

/** Whether a party funded a lot, which gets back what was not used of it. */
export const isOfParty = ({ voucher }: WalletLot): boolean =>
  voucher !== undefined && voucher.funder !== operatorPartyId;

const basisPoints = 10_000n;

/** Whether a voucher may pay for a use: each of the apps and models that it names, if it names any. */
const covers = ({ apps, models }: VoucherTerms, { app, model }: Use): boolean =>
  (!apps || (app !== undefined && apps.includes(app))) && (!models || (model !== undefined && models.includes(model)));

/**
 * Most µAIT of a lot that a charge for a use may take: of a voucher in scope its share of the charge, rounded down, and no more than
 * its cap; of one out of scope nothing; of any other lot all.
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

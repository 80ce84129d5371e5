import type { VoucherTerms } from '@tokengrid/contracts';
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

/** Whether a wallet takes one more voucher of a funder. */
export function takesVoucherOf(lots: readonly WalletLot[], funder: string): boolean {
  const vouchers = lots.filter((lot) => lot.voucher !== undefined);
  if (funder === operatorPartyId) return vouchers.length < mostVouchers;
  return vouchers.length < mostVouchers && vouchers.filter(isOfParty).length < mostVouchersOfParties;
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

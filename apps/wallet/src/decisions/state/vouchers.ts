import type { Lot } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import type { WalletLot } from './lots.ts';

/**
 * Vouchers that a wallet may have at once: in all, and of other parties, who must not be able to
 * fill it up.
 */
export const mostVouchers = 32;
const isVoucher = ({ voucher }: WalletLot): boolean => voucher !== undefined;

/** Whether a wallet takes one more voucher of the operator's. */
export const takesVoucher = (lots: readonly WalletLot[]): boolean => lots.filter(isVoucher).length < mostVouchers;

export interface Taking {
  readonly lots: readonly WalletLot[];
  /** The vouchers' ids, in the order in which they arrived. */
  readonly arrivals: readonly string[];
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

import type { Lot } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import type { WalletLot } from './lots.ts';

/**
 * Maximum number of a wallet's vouchers: in all, and of other parties, so that they can't take all
 * places.
 */
export const mostVouchers = 32;
const isVoucher = ({ voucher }: WalletLot): boolean => voucher !== undefined;

/** True if a wallet has a place for another voucher of the operator. */
export const takesVoucher = (lots: readonly WalletLot[]): boolean => lots.filter(isVoucher).length < mostVouchers;

export interface Taking {
  readonly lots: readonly WalletLot[];
  /** Ids of the vouchers in order of arrival. */
  readonly arrivals: readonly string[];
}

/** Ids of a wallet's vouchers in order of arrival, after further arrivals. */
export function withArrivals({ lots, arrivals }: Taking, came: readonly Pick<Lot, 'lotId' | 'voucher'>[]) {
  const vouchers = came.filter(({ voucher }) => voucher !== undefined).map(({ lotId }) => lotId);
  if (vouchers.length === 0) return arrivals;
  return [...arrivals.filter((id) => lots.some(({ lotId }) => lotId === id)), ...vouchers];
}

/** True for a voucher funded by a party, to which unused tokens return. */
export const isOfParty = ({ voucher }: WalletLot): boolean =>
  voucher !== undefined && voucher.funder !== operatorPartyId;

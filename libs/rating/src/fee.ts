import { divideHalfUp } from '@tokengrid/contracts';
import type { SubscriptionPeriod } from './subscription-period.ts';

/** What a plan takes each month beside its uses, µAIT. */
export interface Fees {
  readonly monthlyFee: bigint;
  /** For each seat. */
  readonly seatFee: bigint;
}

/** The time that a fee is for, within one month, and the seats in it. Epoch milliseconds. */
export interface FeeTime {
  readonly from: number;
  readonly until: number;
  /** Length of the whole month: fees are for that. */
  readonly monthMs: number;
  /** Seats from their last change on. */
  readonly seats: number;
  /** Seats × milliseconds, of all seats until the end. */
  readonly seatMs: bigint;
}

/** The rest of a subscription's month from a time on, with a number of seats. */
export function feeTimeOf({ until, monthFrom, monthUntil }: SubscriptionPeriod, from: number, seats: number): FeeTime {
  return { from, until, monthMs: monthUntil - monthFrom, seats, seatMs: BigInt(seats) * BigInt(until - from) };
}

/** The same time with another number of seats from a time within it on. */
export function withSeats(time: FeeTime, seats: number, at: number): FeeTime {
  return { ...time, seats, seatMs: time.seatMs + BigInt(seats - time.seats) * BigInt(time.until - at) };
}

/** The part of a time that was before another, which is not before the last change of seats. */
export function feeTimeUntil(time: FeeTime, until: number): FeeTime {
  return { ...time, until, seatMs: time.seatMs - BigInt(time.seats) * BigInt(time.until - until) };
}

/**
 * The fee for a time, µAIT: the monthly fee and each seat's, exactly in proportion to its time of
 * the month; the sum is rounded half up once.
 */
export function feeOf({ monthlyFee, seatFee }: Fees, { from, until, monthMs, seatMs }: FeeTime): bigint {
  return divideHalfUp(monthlyFee * BigInt(until - from) + seatFee * seatMs, BigInt(monthMs));
}

/** The fee for a whole month with a number of seats, µAIT. */
export function feeOfMonth(fees: Fees, seats: number): bigint {
  return feeOf(fees, { from: 0, until: 1, monthMs: 1, seats, seatMs: BigInt(seats) });
}

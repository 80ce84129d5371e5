import type { ChargeLine, EventOf, PeriodOfUse, RefundedUse, RefusedUse, WalletCharged } from '@tokengrid/contracts';
import { mostReturned } from '@tokengrid/contracts';
import { least, sumOf, type WalletLot } from '../state/lots.ts';
import { type Paid, returnedOf, withoutReturned } from './returned-charges.ts';
import { addedShares, type StatedUse } from './stated-uses.ts';

/**
 * What a wallet charged for the uses of a subscription's period, less what went back, and what
 * waits of them. The two come to what the period costs this wallet, so a use that makes the period
 * cheaper always finds its tokens.
 */
export interface PeriodSoFar extends Paid {
  /** The oldest first. */
  readonly waiting: readonly RefusedUse[];
}

/** A period as looked up, and the mark of its last event. */
export interface KnownPeriod extends PeriodSoFar {
  /** Value of the look-up by {@link periodKeyOf}; by another value, this is outdated. */
  readonly mark: string | undefined;
}

/** Name of a period: of the subscription, and its start. */
export const periodNamed = ({ subscriptionId, from }: PeriodOfUse): string => `${subscriptionId} ${from}`;

/** The period of a use that metering has counted. */
export const periodOf = ({ subscriptionId, from }: PeriodOfUse): PeriodOfUse => ({ subscriptionId, from });

const keyPrefix = 'p:';

/** Key of a period in the look-up of marks, by the period's name. */
export const periodKeyOf = (period: string): string => keyPrefix + period;

/** Name of the period that a key of the look-up is of; undefined for a key of a use. */
export const periodOfKey = (key: string): string | undefined =>
  key.startsWith(keyPrefix) ? key.slice(keyPrefix.length) : undefined;

/** A period of which the wallet has charged nothing. */
export const unknownPeriod: KnownPeriod = { mark: undefined, charges: [], terms: new Map(), waiting: [] };

type Charged = Pick<EventOf<typeof WalletCharged>['data'], 'uses' | 'refused' | 'refunded' | 'lotTerms' | 'day'>;

/** A period after one of the wallet's events. */
export function periodAfter(before: PeriodSoFar, period: string, data: Charged): PeriodSoFar {
  const isOf = ({ countsIn }: StatedUse) => countsIn !== undefined && periodNamed(countsIn) === period;
  let { charges, waiting } = before;
  const settled = (usageId: string) => {
    waiting = waiting.filter((use) => use.usageId !== usageId);
  };
  for (const { usageId, memberIds, lots } of data.uses.filter(isOf)) {
    charges = [...charges, { day: data.day, memberIds, lots }];
    settled(usageId);
  }
  for (const use of data.refunded.filter(isOf)) {
    charges = withoutReturned(charges, use.returned);
    settled(use.usageId);
  }
  for (const use of data.refused.filter(isOf)) waiting = withWaiting(waiting, use);
  const terms = new Map([...before.terms, ...data.lotTerms.map((each) => [each.lotId, each] as const)]);
  return { charges, waiting, terms };
}

/** A use waits in the place of what waited of it before. */
function withWaiting(waiting: readonly RefusedUse[], use: RefusedUse): readonly RefusedUse[] {
  const place = waiting.findIndex(({ usageId }) => usageId === use.usageId);
  return place < 0 ? [...waiting, use] : waiting.with(place, use);
}

/** What a use gives back of its period. */
export interface GivenBack {
  /** Waiting uses that wait for less. */
  readonly lowered: readonly RefusedUse[];
  /** Waiting uses of which nothing is left, and the use itself behind them. */
  readonly refunded: readonly RefundedUse[];
}

/**
 * Gives back what a use makes its period cheaper: first it lowers what waits of the period, the
 * last one first, since nobody has that yet; then tokens go back of the period's charges, the last
 * one first. No more goes back than was charged for the period's uses. What this wallet has nothing
 * for is `left`: a wallet that paid for the same payer before has it.
 *
 * Shares follow in proportion, so that all events of a period state the shares that were rated.
 * @param use with tokens below 0
 * @param most waiting uses that it may end
 * @param isRest true for what another event left of the use
 */
export function givenBack(
  period: PeriodSoFar,
  use: StatedUse,
  held: readonly WalletLot[],
  most: number,
  isRest = false,
): GivenBack {
  const { slice: _, ...given } = use;
  const lowered: RefusedUse[] = [];
  const ended: RefundedUse[] = [];
  let left = -use.tokens;
  let { shares } = use;
  const take = (tokens: bigint) => {
    const [part, rest] = splitShares(shares, tokens, left);
    left -= tokens;
    shares = rest;
    return part;
  };
  // What waits of a corrected use counts with its correction already; of a rest's use, a later
  // correction waits.
  const waits = isRest ? period.waiting : period.waiting.filter(({ usageId }) => usageId !== use.usageId);
  for (const waiting of waits.toReversed()) {
    if (left === 0n || ended.length === most) break;
    const part = least(left, waiting.tokens);
    const less = setOff(waiting, part, take(part), use);
    if (less.tokens > 0n) lowered.push({ ...less, required: less.tokens });
    else ended.push(endedUse(less));
  }
  // What waits goes first, though another event lowers it.
  const owed = lowered.length > 0 || ended.length === waits.length ? left : 0n;
  const returned = returnedOf(period, owed, held, {
    use,
    voucherOf: ({ voucher }) => voucher && { funder: voucher.funder, shareBps: voucher.shareBps },
    most: mostReturned,
  });
  const tokens = returned.reduce((sum, { lots }) => sum + sumOf(lots), 0n);
  const back = take(tokens);
  const refund: RefundedUse = {
    ...{ ...given, tokens, shares: back, returned },
    lines: withSetOff(use, use.lines, -use.tokens - tokens),
    ...(left > 0n && { left: { tokens: left, shares } }),
  };
  return { lowered, refunded: [...ended, refund] };
}

/** The part of a use that one wallet left to give back, as a use for another one. */
export const leftOf = (use: StatedUse, { tokens, shares }: NonNullable<RefundedUse['left']>): StatedUse => ({
  ...{ ...use, tokens: -tokens, shares, units: {} },
  lines: withSetOff(use, [], -tokens),
});

/** A waiting use, lowered by a part of what another one gives back. */
function setOff(waiting: RefusedUse, tokens: bigint, shares: StatedUse['shares'], by: StatedUse): RefusedUse {
  return {
    ...waiting,
    tokens: waiting.tokens - tokens,
    lines: withSetOff(by, waiting.lines, -tokens),
    shares: addedShares([...waiting.shares, ...shares.filter((share) => share.tokens !== 0n)]),
    setOffBy: by.usageId,
  };
}

function endedUse(use: RefusedUse): RefundedUse {
  const { code: _, limit: __, available: ___, required: ____, slice: _____, ...ended } = use;
  return { ...ended, tokens: 0n, returned: [] };
}

/** Lines with one that says what was set off; with the others it comes to what is stated. */
function withSetOff({ priceVersion }: StatedUse, lines: readonly ChargeLine[], tokens: bigint): ChargeLine[] {
  const before = lines.find(({ kind }) => kind === 'set-off');
  const sum = tokens + (before?.tokens ?? 0n);
  const others = lines.filter((line) => line !== before);
  return sum === 0n ? others : [...others, { of: priceVersion.split('@', 1)[0]!, kind: 'set-off', tokens: sum }];
}

/** Shares of a part of an amount, and those of the rest. */
function splitShares(shares: StatedUse['shares'], part: bigint, whole: bigint) {
  if (whole === 0n) return [shares.map((share) => ({ ...share, tokens: 0n })), shares] as const;
  let [upTo, given] = [0n, 0n];
  const of = shares.map((share) => {
    upTo += share.tokens;
    const tokens = (upTo * part) / whole - given;
    given += tokens;
    return { ...share, tokens };
  });
  const rest = shares.map((share, index) => ({ ...share, tokens: share.tokens - of[index]!.tokens }));
  return [of, rest] as const;
}

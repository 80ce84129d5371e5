import type { Lot, LotSource, LotTaken, Parcel, VoucherTerms } from '@tokengrid/contracts';
import { instantOf } from '@tokengrid/contracts';

/** Tokens of a wallet that came in together, as far as they are still there. */
export interface WalletLot {
  readonly lotId: string;
  readonly source: LotSource;
  readonly tokens: bigint;
  readonly priority: number;
  /** Epoch milliseconds; null: never. */
  readonly expiresAt: number | null;
  readonly transferable: boolean;
  /** What it may pay for; without it, anything. */
  readonly voucher?: VoucherTerms | undefined;
}

/** What lots of one kind have in common. */
type Terms = Pick<WalletLot, 'source' | 'priority' | 'expiresAt' | 'transferable'>;

/**
 * Lots that a wallet keeps apart. Past that, what comes in joins the youngest lot of the same
 * terms, so that state stays small. Neither vouchers join, which a wallet takes only so many of,
 * nor a plan's lots, which are at most two.
 */
export const lotsKeptApart = 32;

/** What the operator gave burns down before what its owner paid for or earned. */
const priorityOf: Readonly<Record<LotSource, number>> = {
  plan: 10,
  voucher: 10,
  promotion: 10,
  purchase: 50,
  transfer: 50,
  earnings: 50,
  refund: 50,
};

/**
 * The lots as events state them, of tokens that come into a wallet; one per parcel, for each keeps
 * its own end.
 */
export function lotsOf(
  held: readonly WalletLot[],
  came: {
    readonly lotId: string;
    readonly source: LotSource;
    readonly transferable: boolean;
    readonly voucher?: VoucherTerms | undefined;
    readonly parcels: readonly Parcel[];
  },
): Lot[] {
  const { voucher } = came;
  return came.parcels.map(({ tokens, expiresAt }, index): Lot => {
    const terms = {
      source: came.source,
      priority: priorityOf[came.source],
      expiresAt,
      transferable: came.transferable,
    };
    const own = index === 0 ? came.lotId : `${came.lotId}.${index}`;
    if (voucher) return { lotId: own, tokens, ...terms, voucher };
    const joined = held.length >= lotsKeptApart ? youngestOf(held, terms) : undefined;
    return { lotId: joined ?? own, tokens, ...terms };
  });
}

/** A lot of a plan's: it lasts until the plan's month ends, and joins no other. */
export const planLot = (
  lotId: string,
  tokens: bigint,
  { transferable, resetsAt }: { readonly transferable: boolean; readonly resetsAt: number },
): Lot => ({ lotId, source: 'plan', tokens, priority: priorityOf.plan, expiresAt: instantOf(resetsAt), transferable });

function youngestOf(held: readonly WalletLot[], terms: Omit<Terms, 'expiresAt'> & Pick<Lot, 'expiresAt'>) {
  const end = endOf(terms.expiresAt);
  const alike = ({ source, priority, expiresAt, transferable }: WalletLot) =>
    source === terms.source && priority === terms.priority && expiresAt === end && transferable === terms.transferable;
  return held.findLast((lot) => alike(lot) && isOrdinary(lot) && !isOfPlan(lot))?.lotId;
}

const endOf = (expiresAt: string | null): number | null => (expiresAt === null ? null : Date.parse(expiresAt));

/**
 * Whether `a` burns down before `b`: by priority, then the sooner expiry (never comes last), then
 * what cannot be sent before what can. Among equals the older goes first: that is their order in
 * the wallet.
 */
function burnsBefore(a: Terms, b: Terms): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  if (a.expiresAt !== b.expiresAt) return a.expiresAt !== null && (b.expiresAt === null || a.expiresAt < b.expiresAt);
  return !a.transferable && b.transferable;
}

/**
 * The lots with what came in: a lot that is there already grows, a new one takes its place in burn
 * order, last among its equals.
 */
export const withLots = (held: readonly WalletLot[], came: readonly Lot[]): readonly WalletLot[] =>
  withMore(
    held,
    came.map((lot) => ({ ...lot, expiresAt: endOf(lot.expiresAt) })),
  );

/** The same for lots that were in the wallet already and are set aside. */
export function withMore(held: readonly WalletLot[], more: readonly WalletLot[]): readonly WalletLot[] {
  const isBefore = (lot: WalletLot) => (other: WalletLot) => burnsBefore(lot, other);
  return merged(held, more, isBefore);
}

/**
 * The lots with what had been set aside of them: it was taken first, so it comes first among its
 * equals.
 */
export function withReturned(held: readonly WalletLot[], back: readonly WalletLot[]): readonly WalletLot[] {
  const isBefore = (lot: WalletLot) => (other: WalletLot) => !burnsBefore(other, lot);
  return merged(held, back.toReversed(), isBefore);
}

function merged(
  held: readonly WalletLot[],
  more: readonly WalletLot[],
  isBefore: (lot: WalletLot) => (other: WalletLot) => boolean,
): readonly WalletLot[] {
  const lots = [...held];
  for (const lot of more) {
    const there = lots.findIndex(({ lotId }) => lotId === lot.lotId);
    if (there >= 0) {
      lots[there] = { ...lots[there]!, tokens: lots[there]!.tokens + lot.tokens };
      continue;
    }
    const place = lots.findIndex(isBefore(lot));
    lots.splice(place < 0 ? lots.length : place, 0, lot);
  }
  return lots;
}

/**
 * The lots without what was taken; `taken` is in burn order, as {@link burnDown} gives it.
 * @throws Error when more was taken than was there: such a history cannot be.
 */
export function withoutLots(held: readonly WalletLot[], taken: readonly LotTaken[]): readonly WalletLot[] {
  const lots: WalletLot[] = [];
  let next = 0;
  for (const lot of held) {
    const take = taken[next];
    if (take?.lotId !== lot.lotId) {
      lots.push(lot);
      continue;
    }
    next++;
    if (take.tokens > lot.tokens) throw new Error(`${take.tokens} taken from lot ${lot.lotId} of ${lot.tokens}`);
    if (take.tokens < lot.tokens) lots.push({ ...lot, tokens: lot.tokens - take.tokens });
  }
  if (next < taken.length) throw new Error(`taken from lot ${taken[next]!.lotId}, which is not there`);
  return lots;
}

/**
 * What was taken, with the terms of the lots that it was taken from. @throws Error for a lot that
 * is not there
 */
export function takenLots(held: readonly WalletLot[], taken: readonly LotTaken[]): readonly WalletLot[] {
  return taken.map(({ lotId, tokens }) => {
    const lot = held.find((each) => each.lotId === lotId);
    if (!lot) throw new Error(`taken from lot ${lotId}, which is not there`);
    return { ...lot, tokens };
  });
}

/**
 * Which lots a debit takes, in burn order. Callers have made sure that the eligible lots cover it.
 * @throws RangeError when they do not
 */
export const burnDown = (held: readonly WalletLot[], tokens: bigint, eligible = isOrdinary): WalletLot[] =>
  burnUpTo(held, tokens, (lot) => (eligible(lot) ? lot.tokens : 0n));

/**
 * The same where a lot may not be taken wholly.
 * @param most µAIT that may be taken of a lot
 * @throws RangeError when those do not cover it
 */
export function burnUpTo(held: readonly WalletLot[], tokens: bigint, most: (lot: WalletLot) => bigint): WalletLot[] {
  const taken: WalletLot[] = [];
  let left = tokens;
  for (const lot of held) {
    if (left === 0n) break;
    const usable = most(lot);
    if (usable === 0n) continue;
    const take = least(usable, left);
    taken.push(take === lot.tokens ? lot : { ...lot, tokens: take });
    left -= take;
  }
  if (left > 0n) throw new RangeError(`the lots lack ${left} of ${tokens}`);
  return taken;
}

/** Whether a plan gave it: such lots are named after their plan and its month. */
const isOfPlan = ({ lotId }: WalletLot): boolean => lotId.startsWith('pln_');

/** What is no voucher: it can pay for anything. */
export const isOrdinary = (lot: WalletLot): boolean => lot.voucher === undefined;

/** Only these can be sent or sold. */
export const isTransferable = (lot: WalletLot): boolean => lot.transferable;

/** µAIT in all. */
export function sumOf(lots: readonly { readonly tokens: bigint }[]): bigint {
  let sum = 0n;
  for (const { tokens } of lots) sum += tokens;
  return sum;
}

/** What a debit took, as its event names it. */
export const lotsTaken = (lots: readonly WalletLot[]): LotTaken[] =>
  lots.map(({ lotId, tokens, expiresAt }) =>
    expiresAt === null ? { lotId, tokens } : { lotId, tokens, expiresAt: instantOf(expiresAt) },
  );

/**
 * What a debit took as it travels: together where it ends together, the soonest end first, never
 * last.
 */
export function parcelsOf(lots: readonly WalletLot[]): Parcel[] {
  const byEnd = new Map<number | null, bigint>();
  for (const { tokens, expiresAt } of lots) byEnd.set(expiresAt, (byEnd.get(expiresAt) ?? 0n) + tokens);
  return [...byEnd]
    .sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity) || 0)
    .map(([expiresAt, tokens]) => ({ tokens, expiresAt: expiresAt === null ? null : instantOf(expiresAt) }));
}

/** Tokens that never expire, as one parcel. */
export const lasting = (tokens: bigint): Parcel[] => [{ tokens, expiresAt: null }];

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

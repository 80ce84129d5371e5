import type { Lot, LotSource, LotTaken, LotTerms, Parcel, VoucherTerms } from '@tokengrid/contracts';
import { instantOf } from '@tokengrid/contracts';

/** The remaining tokens of one receipt in a wallet. */
export interface WalletLot {
  readonly lotId: string;
  readonly source: LotSource;
  readonly tokens: bigint;
  readonly priority: number;
  /** Epoch milliseconds; null: never. */
  readonly expiresAt: number | null;
  readonly transferable: boolean;
  /** Scope of a voucher; absent: any use. */
  readonly voucher?: VoucherTerms | undefined;
}

/** Terms common to lots that can be merged. */
type Terms = Pick<WalletLot, 'source' | 'priority' | 'expiresAt' | 'transferable'>;

/**
 * Maximum number of separate lots, which bounds the state's size; beyond it, receipts merge into
 * the youngest lot of the same terms. Exempt are vouchers, which have a maximum of their own, and a
 * plan's lots, at most two.
 */
export const lotsKeptApart = 32;

/** Priority of burning: the operator's grants before tokens paid for or earned. */
const priorityOf: Readonly<Record<LotSource, number>> = {
  plan: 10,
  voucher: 10,
  promotion: 10,
  purchase: 50,
  transfer: 50,
  earnings: 50,
  refund: 50,
};

/** Lots of received tokens in the form of events, one per parcel with its own expiry. */
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

/** A plan's lot, which expires with the plan's month and never merges. */
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

/**
 * The lot that returned tokens go to: their own, though it was used up; or the youngest of the same
 * terms, where there are too many lots to keep them apart.
 */
export function homeOf(held: readonly WalletLot[], terms: LotTerms): string {
  const { lotId, voucher } = terms;
  const keepsApart = voucher !== undefined || isOfPlan(terms) || held.length < lotsKeptApart;
  if (keepsApart || held.some((lot) => lot.lotId === lotId)) return lotId;
  return youngestOf(held, terms) ?? lotId;
}

/** Terms of a lot in the form of events. */
export const termsOf = ({ lotId, source, priority, expiresAt, transferable, voucher }: WalletLot): LotTerms => ({
  ...{ lotId, source, priority, expiresAt: expiresAt === null ? null : instantOf(expiresAt), transferable },
  ...(voucher && { voucher }),
});

const endOf = (expiresAt: string | null): number | null => (expiresAt === null ? null : Date.parse(expiresAt));

/**
 * True if `a` burns before `b`: by priority, then the sooner expiry (never is last), then not
 * transferable before transferable. Equal lots keep their order in the wallet, the older first.
 */
function burnsBefore(a: Terms, b: Terms): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  if (a.expiresAt !== b.expiresAt) return a.expiresAt !== null && (b.expiresAt === null || a.expiresAt < b.expiresAt);
  return !a.transferable && b.transferable;
}

/**
 * The lots after a receipt: an existing lot grows, a new one is inserted in burn order, last among
 * equals.
 */
export const withLots = (held: readonly WalletLot[], came: readonly Lot[]): readonly WalletLot[] =>
  withMore(held, came.map(heldLot));

/** A lot of an event as a wallet holds it. */
export const heldLot = (lot: Lot): WalletLot => ({ ...lot, expiresAt: endOf(lot.expiresAt) });

/** The lots after existing lots are set aside among them. */
export function withMore(held: readonly WalletLot[], more: readonly WalletLot[]): readonly WalletLot[] {
  const isBefore = (lot: WalletLot) => (other: WalletLot) => burnsBefore(lot, other);
  return merged(held, more, isBefore);
}

/**
 * The lots after the return of held ones, which come first among equals, as they were taken first.
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
 * The lots after a debit; `taken` is in burn order, as {@link burnDown} returns it.
 * @throws Error for a debit beyond the lots, which no valid history has
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
 * The lots after debits of several uses, by lot.
 * @throws Error for a debit beyond the lots, which no valid history has
 */
export function withoutSums(held: readonly WalletLot[], taken: ReadonlyMap<string, bigint>): readonly WalletLot[] {
  const lots: WalletLot[] = [];
  let found = 0;
  for (const lot of held) {
    const part = taken.get(lot.lotId);
    if (part === undefined) {
      lots.push(lot);
      continue;
    }
    found++;
    if (part > lot.tokens) throw new Error(`${part} taken from lot ${lot.lotId} of ${lot.tokens}`);
    if (part < lot.tokens) lots.push({ ...lot, tokens: lot.tokens - part });
  }
  if (found < taken.size) throw new Error(`taken from a lot that is not there: ${[...taken.keys()].join(', ')}`);
  return lots;
}

/**
 * Taken amounts with the terms of their lots.
 * @throws Error for an unknown lot
 */
export function takenLots(held: readonly WalletLot[], taken: readonly LotTaken[]): readonly WalletLot[] {
  return taken.map(({ lotId, tokens }) => {
    const lot = held.find((each) => each.lotId === lotId);
    if (!lot) throw new Error(`taken from lot ${lotId}, which is not there`);
    return { ...lot, tokens };
  });
}

/**
 * Lots of a debit, in burn order. Callers have checked that the eligible lots cover it.
 * @throws RangeError where they do not
 */
export const burnDown = (held: readonly WalletLot[], tokens: bigint, eligible = isOrdinary): WalletLot[] =>
  burnUpTo(held, tokens, (lot) => (eligible(lot) ? lot.tokens : 0n));

/**
 * Lots of a debit, in burn order, with a maximum per lot.
 * @param most maximum of a lot to take, in µAIT
 * @throws RangeError where the maxima do not cover it
 */
function burnUpTo(held: readonly WalletLot[], tokens: bigint, most: (lot: WalletLot) => bigint): WalletLot[] {
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

/** True for a plan's lot, whose id consists of the plan's id and a month. */
const isOfPlan = ({ lotId }: Pick<WalletLot, 'lotId'>): boolean => lotId.startsWith('pln_');

/** True for a lot that can pay for any use: no voucher. */
export const isOrdinary = (lot: WalletLot): boolean => lot.voucher === undefined;

/** True for a lot that can be sent or sold. */
export const isTransferable = (lot: WalletLot): boolean => lot.transferable;

/** Sum in µAIT. */
export function sumOf(lots: readonly { readonly tokens: bigint }[]): bigint {
  let sum = 0n;
  for (const { tokens } of lots) sum += tokens;
  return sum;
}

/** Lots of a debit in the form of events. */
export const lotsTaken = (lots: readonly WalletLot[]): LotTaken[] =>
  lots.map(({ lotId, tokens, expiresAt }) =>
    expiresAt === null ? { lotId, tokens } : { lotId, tokens, expiresAt: instantOf(expiresAt) },
  );

/** Parcels of a debit in transit: lots grouped by expiry, the soonest first, never last. */
export function parcelsOf(lots: readonly WalletLot[]): Parcel[] {
  const byEnd = new Map<number | null, bigint>();
  for (const { tokens, expiresAt } of lots) byEnd.set(expiresAt, (byEnd.get(expiresAt) ?? 0n) + tokens);
  return [...byEnd]
    .sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity) || 0)
    .map(([expiresAt, tokens]) => ({ tokens, expiresAt: expiresAt === null ? null : instantOf(expiresAt) }));
}

/** One parcel of tokens without an expiry. */
export const lasting = (tokens: bigint): Parcel[] => [{ tokens, expiresAt: null }];

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

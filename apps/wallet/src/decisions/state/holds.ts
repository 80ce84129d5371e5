import { type LotTaken, mostOpenHolds, type RecallReason } from '@tokengrid/contracts';
import type { WalletLot } from './lots.ts';
import { takenLots, withMore, withoutLots, withoutSums, withReturned } from './lots.ts';

export { mostOpenHolds };

/** Tokens set aside for a use under way, until the final capture, a release or the expiry. */
export interface Hold {
  readonly holdId: string;
  /** µAIT left under the hold: the sum of its lots. */
  readonly tokens: bigint;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Members whose caps the hold counts against. */
  readonly memberIds: readonly string[];
  /** In the order of capture. */
  readonly lots: readonly WalletLot[];
  /** Slice of the gateway that it is under; absent: a caller's own hold. */
  readonly slice?: HeldSlice | undefined;
}

/** A slice as its hold remembers it. */
export interface HeldSlice {
  readonly sliceId: string;
  /** Payer of the slice's uses. */
  readonly partyId: string;
  /** The last request of the slice that was answered. */
  readonly number: number;
  /** The last report of the slice of which uses were charged or refused; 0: none. */
  readonly report: number;
  /** True once it was called back: it is not renewed. */
  readonly recalled: boolean;
}

/** A hold of a slice. */
export type SliceHold = Hold & { readonly slice: HeldSlice };

const isOfSlice = (hold: Hold): hold is SliceHold => hold.slice !== undefined;

/** The open holds of slices. */
export const slicesOf = ({ holds }: Pick<Holdings, 'holds'>): readonly SliceHold[] => holds.filter(isOfSlice);

/** The open hold of a slice. */
export const holdOfSlice = (wallet: Pick<Holdings, 'holds'>, sliceId: string): SliceHold | undefined =>
  slicesOf(wallet).find(({ slice }) => slice.sliceId === sliceId);

/** Id of a slice's hold, which has the slice's own suffix. */
export const holdIdOfSlice = (sliceId: string): string => `hld_${sliceId.slice('slc_'.length)}`;

/** The parts of a wallet that holds change. */
interface Holdings {
  /** µAIT under open holds. */
  readonly held: bigint;
  /** Available µAIT. */
  readonly available: bigint;
  readonly lots: readonly WalletLot[];
  /** Open holds, the oldest first. */
  readonly holds: readonly Hold[];
}

export const holdOf = ({ holds }: Pick<Holdings, 'holds'>, holdId: string): Hold | undefined =>
  holds.find((hold) => hold.holdId === holdId);

/** Sets lots of the wallet aside under a new or an extended hold. */
export function setAside<W extends Holdings>(
  wallet: W,
  placed: {
    readonly holdId: string;
    readonly tokens: bigint;
    readonly memberIds?: readonly string[] | undefined;
    readonly expiresAt: string;
    readonly slice?: Pick<HeldSlice, 'sliceId' | 'partyId' | 'number'> | undefined;
    readonly lots: readonly LotTaken[];
  },
): W {
  const { holdId, tokens, memberIds = [], slice } = placed;
  const taken = takenLots(wallet.lots, placed.lots);
  const before: Pick<Hold, 'tokens' | 'lots' | 'slice'> = holdOf(wallet, holdId) ?? { tokens: 0n, lots: [] };
  const hold: Hold = {
    holdId,
    tokens: before.tokens + tokens,
    expiresAt: Date.parse(placed.expiresAt),
    memberIds,
    lots: withMore(before.lots, taken),
    ...(slice && { slice: answered(slice, before.slice) }),
  };
  return {
    ...wallet,
    available: wallet.available - tokens,
    held: wallet.held + tokens,
    lots: withoutLots(wallet.lots, placed.lots),
    holds: replaced(wallet.holds, hold),
  };
}

const answered = (
  { sliceId, partyId, number }: Pick<HeldSlice, 'sliceId' | 'partyId' | 'number'>,
  { report, recalled }: Pick<HeldSlice, 'report' | 'recalled'> = { report: 0, recalled: false },
): HeldSlice => ({ sliceId, partyId, number, report, recalled });

/** Gives tokens of a slice's hold back before its end. */
export function reduced<W extends Holdings>(
  wallet: W,
  { holdId, tokens, lots }: { readonly holdId: string; readonly tokens: bigint; readonly lots: readonly LotTaken[] },
): W {
  const hold = mustHold(wallet, holdId);
  const left: Hold = { ...hold, tokens: hold.tokens - tokens, lots: withoutLots(hold.lots, lots) };
  return {
    ...wallet,
    available: wallet.available + tokens,
    held: wallet.held - tokens,
    lots: withReturned(wallet.lots, takenLots(hold.lots, lots)),
    holds: replaced(wallet.holds, left),
  };
}

/** Marks holds of slices as called back. */
export function recalled<W extends Holdings>(
  wallet: W,
  { slices }: { readonly reason: RecallReason; readonly slices: readonly { readonly sliceId: string }[] },
): W {
  const ids = new Set(slices.map(({ sliceId }) => sliceId));
  const after = (hold: Hold): Hold =>
    hold.slice && ids.has(hold.slice.sliceId) ? { ...hold, slice: { ...hold.slice, recalled: true } } : hold;
  return { ...wallet, holds: wallet.holds.map(after) };
}

/** What uses took out of the hold of their slice. */
export interface OutOfHold {
  readonly sliceId: string;
  readonly report: number;
  /** µAIT by lot. */
  readonly lots: ReadonlyMap<string, bigint>;
}

/** The wallet after uses were charged out of holds, and told up to which report. */
export function chargedOutOf<W extends Holdings>(wallet: W, slices: readonly OutOfHold[]): W {
  return slices.reduce((before, { sliceId, report, lots }) => {
    const hold = holdOfSlice(before, sliceId);
    if (!hold) return before;
    const tokens = [...lots.values()].reduce((sum, each) => sum + each, 0n);
    const slice = { ...hold.slice, report: Math.max(hold.slice.report, report) };
    const left: Hold = { ...hold, tokens: hold.tokens - tokens, lots: withoutSums(hold.lots, lots), slice };
    return { ...before, held: before.held - tokens, holds: replaced(before.holds, left) };
  }, wallet);
}

/** Captures lots of a hold, and of the wallet for the part beyond it. */
export function captured<W extends Holdings>(
  wallet: W,
  capture: {
    readonly holdId: string;
    readonly held: bigint;
    readonly tokens: bigint;
    readonly lots: readonly LotTaken[];
    readonly beyond: readonly LotTaken[];
  },
): W {
  const hold = mustHold(wallet, capture.holdId);
  const within = hold.tokens - capture.held;
  const left: Hold = { ...hold, tokens: capture.held, lots: withoutLots(hold.lots, capture.lots) };
  return {
    ...wallet,
    available: wallet.available - (capture.tokens - within),
    held: wallet.held - within,
    lots: withoutLots(wallet.lots, capture.beyond),
    holds: replaced(wallet.holds, left),
  };
}

/** Resolves a hold: its remaining tokens become available. */
export function resolved<W extends Holdings>(wallet: W, holdId: string): W {
  const hold = mustHold(wallet, holdId);
  return {
    ...wallet,
    available: wallet.available + hold.tokens,
    held: wallet.held - hold.tokens,
    lots: withReturned(wallet.lots, hold.lots),
    holds: wallet.holds.filter((other) => other !== hold),
  };
}

function replaced(holds: readonly Hold[], hold: Hold): readonly Hold[] {
  const place = holds.findIndex(({ holdId }) => holdId === hold.holdId);
  return place < 0 ? [...holds, hold] : holds.with(place, hold);
}

/** @throws Error for a hold that is not open, which no valid history has */
function mustHold({ holds }: Holdings, holdId: string): Hold {
  const hold = holds.find((each) => each.holdId === holdId);
  if (!hold) throw new Error(`${holdId} is not open`);
  return hold;
}

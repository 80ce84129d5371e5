import type { LotTaken } from '@tokengrid/contracts';
import type { WalletLot } from './lots.ts';
import { takenLots, withMore, withoutLots, withReturned } from './lots.ts';

/**
 * Tokens set aside for a use that is under way: open until it is captured for the last time,
 * released or expired.
 */
export interface Hold {
  readonly holdId: string;
  /** µAIT still under it: the sum of its lots. */
  readonly tokens: bigint;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The members under whose caps it is. */
  readonly memberIds: readonly string[];
  /** In the order in which captures take them. */
  readonly lots: readonly WalletLot[];
}

/**
 * Holds that a wallet may have open. State is written with every batch that changes it, so it has
 * to stay small.
 */
export const mostOpenHolds = 256;

/** What a wallet has, as far as holds move it. */
interface Holdings {
  /** µAIT under open holds. */
  readonly held: bigint;
  /** µAIT that can be spent. */
  readonly available: bigint;
  readonly lots: readonly WalletLot[];
  /** Open ones, the oldest first. */
  readonly holds: readonly Hold[];
}

export const holdOf = ({ holds }: Pick<Holdings, 'holds'>, holdId: string): Hold | undefined =>
  holds.find((hold) => hold.holdId === holdId);

/** Puts lots of the wallet under a hold: a new one, or one that is there and grows. */
export function setAside<W extends Holdings>(
  wallet: W,
  placed: {
    readonly holdId: string;
    readonly tokens: bigint;
    readonly memberIds?: readonly string[] | undefined;
    readonly expiresAt: string;
    readonly lots: readonly LotTaken[];
  },
): W {
  const { holdId, tokens, memberIds = [] } = placed;
  const taken = takenLots(wallet.lots, placed.lots);
  const before = holdOf(wallet, holdId) ?? { tokens: 0n, lots: [] };
  const hold: Hold = {
    holdId,
    tokens: before.tokens + tokens,
    expiresAt: Date.parse(placed.expiresAt),
    memberIds,
    lots: withMore(before.lots, taken),
  };
  return {
    ...wallet,
    available: wallet.available - tokens,
    held: wallet.held + tokens,
    lots: withoutLots(wallet.lots, placed.lots),
    holds: replaced(wallet.holds, hold),
  };
}

/** Takes what a capture took: from the hold's lots, and from the wallet's beyond it. */
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

/** Ends a hold: what is left under it can be spent again. */
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

/** @throws Error for a hold that is not open: such a history cannot be */
function mustHold({ holds }: Holdings, holdId: string): Hold {
  const hold = holds.find((each) => each.holdId === holdId);
  if (!hold) throw new Error(`${holdId} is not open`);
  return hold;
}

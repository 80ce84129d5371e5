import type { LotTaken } from '@tokengrid/contracts';
import type { WalletLot } from './lots.ts';
import { takenLots, withMore, withoutLots, withReturned } from './lots.ts';

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
}

/**
 * Maximum number of open holds. State is written with every batch that changes it, so its size is
 * bounded.
 */
export const mostOpenHolds = 256;

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

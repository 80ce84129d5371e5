import type { WalletEvent, WalletLaneEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** What a lane keeps in its own stream: what it may still issue, and what left its escrow. */
export interface WalletLane {
  readonly issuance: Unlimited | Limited;
  /** µAIT that it keeps for purchases that wait to be paid; they count as issued. */
  readonly reserved: bigint;
  /** µAIT that statements took out of the lane's escrow so far. */
  readonly released: bigint;
  /** µAIT of those that became the operator's fees. */
  readonly fees: bigint;
}

/** As long as the operator has declared no capacity. */
interface Unlimited {
  readonly limit: 'none';
  /**
   * µAIT issued or reserved in this lane minus those sold back or expired in it; may be negative,
   * for tokens move between lanes.
   */
  readonly used: bigint;
}

interface Limited {
  readonly limit: 'slice';
  /** The declaration that the lane last gave back its room for. */
  readonly version: number;
  /** µAIT that the lane was granted and has neither issued nor reserved. */
  readonly room: bigint;
  /**
   * µAIT that the lane has of the capacity, issued or not: what it was granted, without what it
   * gave back.
   */
  readonly held: bigint;
}

/** The lane's own stream. */
export const walletLane: Aggregate<WalletLane, WalletEvent> = {
  name: 'wallet-lane',
  stateVersion: 3,
  initial: { issuance: { limit: 'none', used: 0n }, reserved: 0n, released: 0n, fees: 0n },
  evolve,
};

function evolve(lane: WalletLane, event: WalletLaneEvent): WalletLane {
  switch (event.type) {
    case 'CapacityReserved':
      return {
        ...lane,
        issuance: used(lane.issuance, event.data.tokens),
        reserved: lane.reserved + event.data.tokens,
      };
    case 'CapacityUsed':
      if (event.data.reserved) return unreserved(lane, event.data.tokens);
      return { ...lane, issuance: used(lane.issuance, event.data.tokens) };
    case 'CapacityFreed': {
      const { tokens, reserved } = event.data;
      return { ...(reserved ? unreserved(lane, tokens) : lane), issuance: freed(lane.issuance, tokens) };
    }
    case 'CapacityReturned':
      return { ...lane, issuance: gaveBack(lane, event.data) };
    case 'CapacityReceived':
      return { ...lane, issuance: received(lane.issuance, event.data.tokens) };
    case 'EscrowReleased':
      return { ...lane, released: lane.released + event.data.tokens };
    case 'FeesCollected': {
      const { tokens } = event.data;
      return { ...lane, released: lane.released + tokens, fees: lane.fees + tokens };
    }
    case 'FeesRetired':
    case 'EscrowRefused':
      return lane;
  }
}

const unreserved = (lane: WalletLane, tokens: bigint): WalletLane => ({ ...lane, reserved: lane.reserved - tokens });

function used(issuance: WalletLane['issuance'], tokens: bigint): WalletLane['issuance'] {
  return issuance.limit === 'none'
    ? { limit: 'none', used: issuance.used + tokens }
    : { ...issuance, room: issuance.room - tokens };
}

/** A lane that had no limit has from here on what it issued before. */
function gaveBack(
  lane: WalletLane,
  { tokens, version }: { readonly tokens: bigint; readonly version: number },
): Limited {
  return { limit: 'slice', version, room: 0n, held: capacityHeldBy(lane) - tokens };
}

/**
 * @throws Error for a slice of a lane without a limit: none is granted before all lanes have given
 * back, so such a history cannot be
 */
function received(issuance: WalletLane['issuance'], tokens: bigint): WalletLane['issuance'] {
  if (issuance.limit === 'none') throw new Error('a lane without a limit received capacity');
  return { ...issuance, room: issuance.room + tokens, held: issuance.held + tokens };
}

/**
 * Freed capacity goes back to be granted again; the lane's room does not grow by it, or it could
 * issue past a lowered limit.
 */
function freed(issuance: WalletLane['issuance'], tokens: bigint): WalletLane['issuance'] {
  return issuance.limit === 'none'
    ? { limit: 'none', used: issuance.used - tokens }
    : { ...issuance, held: issuance.held - tokens };
}

/**
 * µAIT of its slice that a lane has not issued; what it issued before there was a limit counts
 * against it.
 */
export const roomOf = ({ issuance }: WalletLane): bigint =>
  issuance.limit === 'none' ? -issuance.used : issuance.room;

/**
 * µAIT of the capacity that a lane has, issued or not; none before it said what it had issued
 * without a limit.
 */
export const capacityHeldBy = ({ issuance }: WalletLane): bigint => (issuance.limit === 'none' ? 0n : issuance.held);

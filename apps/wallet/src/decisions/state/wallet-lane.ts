import type { WalletEvent, WalletLaneEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** State of a lane's own stream: capacity to issue, and releases from escrow. */
export interface WalletLane {
  readonly issuance: Unlimited | Limited;
  /** µAIT reserved for purchases awaiting payment, which count as issued. */
  readonly reserved: bigint;
  /** µAIT released from the lane's escrow by statements so far. */
  readonly released: bigint;
  /** µAIT collected as the operator's fees, less what they filled the escrow up with. */
  readonly fees: bigint;
}

/** State before a declared capacity. */
interface Unlimited {
  readonly limit: 'none';
  /**
   * µAIT issued or reserved in the lane less those sold back or expired in it. Tokens move between
   * lanes, so it may be negative.
   */
  readonly used: bigint;
}

interface Limited {
  readonly limit: 'slice';
  /** Version of the declaration for which the lane last returned its capacity. */
  readonly version: number;
  /** µAIT granted to the lane and neither issued nor reserved. */
  readonly room: bigint;
  /** µAIT of the capacity that the lane has, issued or not: granted less returned. */
  readonly held: bigint;
}

/** The lane after the events that a decision states for its stream. */
export const afterLane = (lane: WalletLane, decided: readonly object[]): WalletLane =>
  decided.reduce<WalletLane>(
    (state, event) => ('systemEvent' in event ? evolve(state, event.systemEvent as WalletLaneEvent) : state),
    lane,
  );

/** The stream of a lane. */
export const walletLane: Aggregate<WalletLane, WalletEvent> = {
  name: 'wallet-lane',
  stateVersion: 4,
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
      // What fills the escrow up counts as charged there.
      return { ...lane, released: lane.released + (tokens > 0n ? tokens : 0n), fees: lane.fees + tokens };
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

/**
 * The lane after returning capacity. A lane without a limit is limited from here on by its report
 * of tokens issued.
 */
function gaveBack(
  lane: WalletLane,
  { tokens, version }: { readonly tokens: bigint; readonly version: number },
): Limited {
  return { limit: 'slice', version, room: 0n, held: capacityHeldBy(lane) - tokens };
}

/**
 * @throws Error for a slice of a lane without a limit, which no valid history has: all lanes report
 * before the first slice
 */
function received(issuance: WalletLane['issuance'], tokens: bigint): WalletLane['issuance'] {
  if (issuance.limit === 'none') throw new Error('a lane without a limit received capacity');
  return { ...issuance, room: issuance.room + tokens, held: issuance.held + tokens };
}

/**
 * Freed capacity returns for a new grant and not to the lane, which could otherwise issue past a
 * lowered limit.
 */
function freed(issuance: WalletLane['issuance'], tokens: bigint): WalletLane['issuance'] {
  return issuance.limit === 'none'
    ? { limit: 'none', used: issuance.used - tokens }
    : { ...issuance, held: issuance.held - tokens };
}

/** µAIT of its slice that a lane has not issued, less those issued before the first declaration. */
export const roomOf = ({ issuance }: WalletLane): bigint =>
  issuance.limit === 'none' ? -issuance.used : issuance.room;

/** µAIT of the capacity that a lane has, issued or not; zero before its first report. */
export const capacityHeldBy = ({ issuance }: WalletLane): bigint => (issuance.limit === 'none' ? 0n : issuance.held);

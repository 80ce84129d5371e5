import { EscrowRefused, EscrowReleased, walletIdOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { laneAccount, moveTokens } from '../rules/postings.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/** A party's earnings of a statement in one lane's escrow. */
export interface ReleaseEscrow {
  readonly statementId: string;
  readonly partyId: string;
  readonly period: string;
  readonly timeZone: string;
  readonly tokens: bigint;
  /** µAIT ever charged into the lane's escrow when the command was made; only grows. */
  readonly charged: bigint;
}

/** Releases a statement's earnings from the lane's escrow, in transit to the party's wallet. */
export function releaseEscrow(
  lane: WalletLane,
  release: ReleaseEscrow,
  context: DecisionContext<WalletLane>,
): Decided<'releaseEscrow'> {
  const refused = escrowRefusal(lane, release);
  if (refused) return [refused];
  const { charged: _, ...earnings } = release;
  const toWalletId = walletIdOf(release.partyId);
  const postings = moveTokens(
    release.tokens,
    laneAccount(context.lane, 'escrow'),
    laneAccount(context.lane, 'in-transit'),
  );
  return [EscrowReleased({ ...earnings, toWalletId, postings })];
}

/** Refusal of a release beyond the amount that charges have put into escrow. */
export function escrowRefusal({ released }: WalletLane, { charged, ...earnings }: ReleaseEscrow) {
  const available = charged - released;
  const { tokens } = earnings;
  if (available >= tokens) return undefined;
  return EscrowRefused({ ...earnings, code: 'WALLET.ESCROW_SHORT', available, required: tokens });
}

import { followingParty } from '../state/members.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/** A suspension or reinstatement of a member's party. */
export interface FollowParty {
  readonly memberId: string;
  /** Revision of that event in the party's stream. */
  readonly partyRevision: number;
}

/**
 * Suspends a member until its party is reinstated; refused for a non-member. After a later event of
 * its party, that event's result is stated again.
 */
export const suspendMember = (state: Wallet, { memberId, partyRevision }: FollowParty): Decided<'suspendMember'> =>
  followingParty(mustBeOpen(state), memberId, { suspended: true, partyRevision });

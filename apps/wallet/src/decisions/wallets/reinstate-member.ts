import { followingParty } from '../state/members.ts';
import type { FollowParty } from './suspend-member.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Reinstates a suspended member; refused for a non-member. After a later event of its party, that
 * event's result is stated again.
 */
export const reinstateMember = (state: Wallet, { memberId, partyRevision }: FollowParty): Decided<'reinstateMember'> =>
  followingParty(mustBeOpen(state), memberId, { suspended: false, partyRevision });

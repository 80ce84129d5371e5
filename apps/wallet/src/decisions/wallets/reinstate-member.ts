import type { WalletEvent } from '@tokengrid/contracts';
import { followingParty } from '../state/members.ts';
import type { FollowParty } from './suspend-member.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';

/**
 * Lets a suspended member spend from a wallet again. Where a later event of its party has come
 * before, what that led to is stated again. Refused for who is no member.
 */
export const reinstateMember = (state: Wallet, { memberId, partyRevision }: FollowParty): readonly WalletEvent[] =>
  followingParty(mustBeOpen(state), memberId, { suspended: false, partyRevision });

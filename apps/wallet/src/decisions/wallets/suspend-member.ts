import type { WalletEvent } from '@tokengrid/contracts';
import { followingParty } from '../state/members.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';

/** That the party of a member was suspended or reinstated. */
export interface FollowParty {
  readonly memberId: string;
  /** Revision of the event that did, in the party's stream. */
  readonly partyRevision: number;
}

/**
 * Lets a member whose party is suspended spend nothing from a wallet until it is reinstated. Where
 * a later event of its party has come before, what that led to is stated again. Refused for who is
 * no member.
 */
export const suspendMember = (state: Wallet, { memberId, partyRevision }: FollowParty): readonly WalletEvent[] =>
  followingParty(mustBeOpen(state), memberId, { suspended: true, partyRevision });

import type { StatedBy, WalletEvent, WalletStreamEvent } from '@tokengrid/contracts';
import { MemberRefused, MemberReinstated, MemberSuspended } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';
import { countedFrom } from './counters.ts';
import type { Hold } from './holds.ts';
import type { Member, Spent } from './spending.ts';
import { memberOrFormer, nothingSpent } from './spending.ts';
import type { Suspension } from './suspension.ts';
import { laterOf, neverSuspended } from './suspension.ts';

interface Shared {
  readonly walletId: string;
  readonly members: readonly Member[];
  readonly formerMembers: readonly Member[];
  readonly forgottenOn: string | null;
  readonly spent: Spent;
  readonly holds: readonly Hold[];
}

interface MemberCaps {
  readonly memberId: string;
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  readonly total?: bigint | undefined;
}

interface OfParty {
  readonly memberId: string;
  readonly partyRevision: number;
}

const isOther = (memberId: string) => (member: Member) => member.memberId !== memberId;

type MembershipEvent = EventNamed<
  WalletStreamEvent,
  'MemberSet' | 'MemberRemoved' | 'MemberSuspended' | 'MemberReinstated'
>;

/** The wallet after a change of its members. */
export function withMembership<W extends Shared>(wallet: W, event: MembershipEvent): W {
  switch (event.type) {
    case 'MemberSet':
      return withMember(wallet, event.data);
    case 'MemberRemoved':
      return withoutMember(wallet, event.data.memberId);
    case 'MemberSuspended':
      return withSuspension(wallet, event.data, true);
    case 'MemberReinstated':
      return withSuspension(wallet, event.data, false);
  }
}

/**
 * The wallet with a member added, or with changed caps. A former member with open holds keeps its
 * counters.
 */
function withMember<W extends Shared>(wallet: W, { memberId, daily, monthly, total }: MemberCaps): W {
  const since = countedFrom(wallet.spent.day, wallet.forgottenOn);
  const before = memberOrFormer(wallet, memberId) ?? { spent: nothingSpent, inAll: 0n, since, ...neverSuspended };
  const member = { ...before, memberId, daily: daily ?? null, monthly: monthly ?? null, total: total ?? null };
  return {
    ...wallet,
    members: [...wallet.members.filter(isOther(memberId)), member],
    formerMembers: wallet.formerMembers.filter(isOther(memberId)),
  };
}

/** The wallet without a member, whose open holds stay under its caps. */
function withoutMember<W extends Shared>(wallet: W, memberId: string): W {
  const members = wallet.members.filter(isOther(memberId));
  const removed = wallet.members.filter((member) => member.memberId === memberId);
  return stillBinding({ ...wallet, members, formerMembers: [...wallet.formerMembers, ...removed] });
}

/** The wallet without those former members that have no open hold. */
export function stillBinding<W extends Shared>(wallet: W): W {
  if (wallet.formerMembers.length === 0) return wallet;
  const named = new Set(wallet.holds.flatMap(({ memberIds }) => memberIds));
  const formerMembers = wallet.formerMembers.filter(({ memberId }) => named.has(memberId));
  if (formerMembers.length === wallet.formerMembers.length) return wallet;
  return { ...wallet, formerMembers, forgottenOn: wallet.spent.day };
}

/** The wallet after a member's suspension or reinstatement. */
function withSuspension<W extends Shared>(wallet: W, { memberId, partyRevision }: OfParty, suspended: boolean): W {
  const changed = (member: Member): Member =>
    member.memberId === memberId ? { ...member, suspended, partyRevision } : member;
  return { ...wallet, members: wallet.members.map(changed), formerMembers: wallet.formerMembers.map(changed) };
}

/** A member's event after its party's, or the refusal for a non-member. */
type FollowedParty = readonly StatedBy<WalletEvent, 'NOT_FOUND'>[];

/**
 * Events for a member after an event of its party, in any order of arrival. Refused for a
 * non-member.
 */
export function followingParty(wallet: Shared, memberId: string, told: Suspension): FollowedParty {
  const { walletId } = wallet;
  const member = memberOrFormer(wallet, memberId);
  if (!member) return [MemberRefused({ walletId, memberId, code: 'NOT_FOUND' })];
  const { suspended, partyRevision } = laterOf(member, told);
  return [(suspended ? MemberSuspended : MemberReinstated)({ walletId, memberId, partyRevision })];
}

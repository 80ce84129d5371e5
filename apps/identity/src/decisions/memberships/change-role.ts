import { MembershipRefused, RoleChanged, type Role } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { isLastOwner, memberOf } from '../rules/memberships.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface ChangeRole {
  readonly partyId: string;
  readonly userId: string;
  readonly role: Role;
}

/** Gives a member another role; an organization keeps an owner. */
export function changeRole(state: Party, { partyId, userId, role }: ChangeRole): Decided<'changeRole'> {
  if (!isRegistered(state) || !memberOf(state, userId)) {
    return [MembershipRefused({ partyId, code: 'IDENTITY.NOT_A_MEMBER' })];
  }
  if (role !== 'owner' && isLastOwner(state, userId)) {
    return [MembershipRefused({ partyId, code: 'IDENTITY.LAST_OWNER' })];
  }
  return [RoleChanged({ partyId, userId, role })];
}

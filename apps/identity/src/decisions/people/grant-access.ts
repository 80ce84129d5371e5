import { AccessGranted, PersonRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { type AccessGrant, isPerson, type Person } from '../state/person.ts';
import { endOf } from './end-access-grant.ts';

export interface GrantAccess {
  readonly userId: string;
  readonly grant: AccessGrant;
  /** Time after which no token of a grant that ends now is in force. */
  readonly tokensMs: number;
}

/** Maximum number of a person's grants. */
export const maxAccessGrants = 50;

/** Allows a client to act for a person. The oldest grant ends where there are too many. */
export function grantAccess(
  state: Person,
  { userId, grant, tokensMs }: GrantAccess,
  { time }: DecisionContext,
): Decided<'grantAccess'> {
  if (!isPerson(state)) return [PersonRefused({ userId, code: 'NOT_FOUND' })];
  const { grantId, clientId, partyId, scopes } = grant;
  const over = state.grants.slice(0, Math.max(state.grants.length + 1 - maxAccessGrants, 0));
  return [
    AccessGranted({ userId, grantId, clientId, ...(partyId !== undefined && { partyId }), scopes: [...scopes] }),
    ...over.map((each) => endOf(userId, each, 'replaced', time + tokensMs)),
  ];
}

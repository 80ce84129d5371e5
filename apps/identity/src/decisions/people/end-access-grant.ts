import { AccessGrantEnded, type EventOf, instantOf, PersonRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { type AccessGrant, isPerson, type Person } from '../state/person.ts';

type Reason = EventOf<typeof AccessGrantEnded>['data']['reason'];

export interface EndAccessGrant {
  readonly userId: string;
  readonly grantId: string;
  readonly reason: Reason;
  /** Time after which no token of the grant is in force anyway. */
  readonly tokensMs: number;
}

/** Ends a grant: its access tokens stop working everywhere, and it gets no more. */
export function endAccessGrant(
  state: Person,
  { userId, grantId, reason, tokensMs }: EndAccessGrant,
  { time }: DecisionContext,
): Decided<'endAccessGrant'> {
  const grant = isPerson(state) && state.grants.find((each) => each.grantId === grantId);
  if (!grant) return [PersonRefused({ userId, code: 'IDENTITY.GRANT_NOT_ACTIVE' })];
  return [endOf(userId, grant, reason, time + tokensMs)];
}

/** Event of a grant that ends. @param expiresAt epoch milliseconds */
export const endOf = (userId: string, { grantId, clientId }: AccessGrant, reason: Reason, expiresAt: number) =>
  AccessGrantEnded({ userId, grantId, clientId, reason, expiresAt: instantOf(expiresAt) });

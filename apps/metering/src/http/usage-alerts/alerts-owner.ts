import { notFound, type Principal } from '@tokengrid/service';
import type { OwnerQuery } from './usage-alerts.requests.ts';

/**
 * Party whose alerts a caller asks for: its own, or for the operator anyone's.
 * @throws ProblemError 404 for another party's
 */
export function alertsOwner({ kind, partyId }: Principal, { owner }: OwnerQuery): string {
  if (owner === undefined || owner === partyId) return partyId;
  if (kind !== 'operator') throw notFound(`no such party of yours: ${owner}`);
  return owner;
}

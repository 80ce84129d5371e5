import { permissionDenied, type Principal } from '@tokengrid/service';

/**
 * Whether keys of uses are shown to a caller: they are their own party's and the operator's.
 * @param payer the one party whose uses are asked for
 * @param key a key that is asked for
 * @throws ProblemError 403 if it is asked for one, and they are not
 */
export function keysShown({ kind, partyId }: Principal, payer: string | undefined, key: string | undefined): boolean {
  const shown = kind === 'operator' || payer === partyId;
  if (key !== undefined && !shown) throw permissionDenied('keys are shown to their own party only');
  return shown;
}

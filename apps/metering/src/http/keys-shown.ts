import { permissionDenied, type Principal } from '@tokengrid/service';

/**
 * Whether keys of uses are shown to a caller: they are their own party's and the operator's.
 * @param payer the one party whose uses are asked for
 * @param isAsked whether it asks for a key, or by key
 * @throws ProblemError 403 if it asks, and they are not shown
 */
export function keysShown({ kind, partyId }: Principal, payer: string | undefined, isAsked: boolean): boolean {
  const shown = kind === 'operator' || payer === partyId;
  if (isAsked && !shown) throw permissionDenied('keys are shown to their own party only');
  return shown;
}

import { permissionDenied, type Principal } from '@tokengrid/service';

/**
 * Whether keys of uses are shown to a caller: they are their own party's and the operator's.
 * Members of a shared wallet are told to its owner and the operator.
 * @param payer the one party whose uses are asked for
 * @param told whether keys or members are asked for, or told apart
 * @throws ProblemError 403 if any of these is not shown, or keys of members are asked for
 */
export function tellsPrivate(
  { kind, partyId }: Principal,
  payer: string | undefined,
  told: { readonly keys: boolean; readonly members: boolean },
): boolean {
  if (kind === 'operator') return true;
  const isOwn = payer === partyId;
  if (told.keys && (!isOwn || told.members)) throw permissionDenied('keys are shown to their own party only');
  if (told.members && !isOwn) throw permissionDenied("members are shown to their wallet's owner only");
  return isOwn && !told.members;
}

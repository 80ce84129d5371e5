import { notFound, type Principal } from '@tokengrid/service';

/**
 * Whose rows a caller is shown: the operator's are all, or those of the party it asks for; everybody else's are its own.
 * @returns the party, or nothing for all
 * @throws ProblemError 404 for another party's
 */
export function partyShown({ kind, partyId }: Principal, asked: string | undefined): string | undefined {
  if (kind === 'operator') return asked;
  if (asked !== undefined && asked !== partyId) throw notFound(`there is no party ${asked} of yours`);
  return partyId;
}

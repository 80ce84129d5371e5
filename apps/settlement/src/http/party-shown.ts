import { notFound, type Principal } from '@tokengrid/service';

/**
 * Party whose rows a caller may see: any or all for the operator, its own for everyone else.
 * @returns the party, or nothing for all
 * @throws ProblemError 404 for another party's
 */
export function partyShown({ kind, partyId }: Principal, asked: string | undefined): string | undefined {
  if (kind === 'operator') return asked;
  if (asked !== undefined && asked !== partyId) throw notFound(`no such party of yours: ${asked}`);
  return partyId;
}

import { z } from 'zod';
import { mostPeopleOfKey } from '../identity.ts';
import { partyId, typeId } from '../ids.ts';
import { positiveSum, signedSum, sum } from '../money.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';
import { ofPeriod, period, posting, text, timeZone } from '../vocabulary.ts';

export const walletId = typeId('wal');
export const postings = z.array(posting).min(2);
export const method = z.enum(['carrier-bill', 'payment-provider']);
/** The limit of a refusal with the code `WALLET.LIMIT_EXCEEDED`. */
const limit = z.enum([
  'daily',
  'monthly',
  'member-daily',
  'member-monthly',
  'member-total',
  'bill-monthly',
  'provider-monthly',
  'sending-monthly',
  'selling-monthly',
  'exhaustion-monthly',
]);
/**
 * Fields of a refusal: its code, and for a code about an amount the amounts available and required,
 * in µAIT, or in minor units for money.
 */
export const refusalFields = <Command extends keyof typeof walletRefusals>(...commands: readonly Command[]) => ({
  code: codesOf(walletRefusals, ...commands),
  limit: limit.optional(),
  available: signedSum.optional(),
  required: sum.optional(),
});
/**
 * Revision of the event in its party's stream of identity that suspended or reinstated the party.
 * Of two, the later one holds, whichever comes first.
 */
export const partyRevision = z.int().min(1);
/** Of an event that may move nothing. */
export const anyPostings = z.array(posting);
/** The day that counts for limits per day and month: the operator's, by the lane's time. */
export const onDay = { day: period, timeZone };
export const planId = typeId('pln');
export const quoteId = typeId('quo');
/** Earnings of a party by a statement. */
export const earnings = { statementId: typeId('stm'), partyId, ...ofPeriod, tokens: positiveSum };
/** Id of the operator's API key that proposed, approved or rejected. */
const operatorKeyId = text(60);
/** An approval, and whose doing the event is: who proposed, or who decides. */
export const approval = { approvalId: typeId('apr'), by: operatorKeyId };
/**
 * A proposal, and whose it is: the person of the key `by` first (the first key of its rotations),
 * then the persons of the keys that minted it. None of them can approve it, nor whoever got their
 * key from the first.
 */
export const proposal = { ...approval, people: z.array(operatorKeyId).min(1).max(mostPeopleOfKey) };
export const approvalAction = z.enum(['propose', 'approve', 'reject']);

/**
 * Codes of an event about a proposal: of those who decide it, and of who makes one proposal too
 * many.
 */
export const proposalCodes = <Command extends keyof typeof walletRefusals>(...commands: readonly Command[]) =>
  z.enum([...codesOf(walletRefusals, ...commands).options, 'WALLET.TOO_MANY_APPROVALS']);

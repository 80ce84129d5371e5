import { type Answer, problem } from '@tokengrid/service';

interface Refused {
  readonly code: string;
  readonly limit?: string | undefined;
  readonly available?: bigint | undefined;
  readonly required?: bigint | undefined;
}

/** Refusals that say all by their code. */
const sentences: Readonly<Record<string, string>> = {
  'WALLET.NO_TOKEN_PRICE': 'the operator has posted no token price yet',
  'WALLET.PRICE_TOO_LARGE': 'what is lacking costs more than any bill takes',
  'WALLET.QUOTE_UNKNOWN': 'this wallet has no such quote, or used it already',
  'WALLET.QUOTE_EXPIRED': 'the quote has expired; ask for another',
  'WALLET.QUOTE_MISMATCH': 'the quote is for another side or another number of tokens',
  'WALLET.TOO_MANY_QUOTES': 'the wallet has too many open quotes; use one, or wait until one expires',
  'WALLET.TOO_MANY_PURCHASES': 'too many purchases wait for the payment provider; pay or cancel one of them first',
  'WALLET.TOO_MANY_VOUCHERS': 'the wallet has as many vouchers as it may have',
  'WALLET.PURCHASE_RESOLVED': 'the purchase does not wait to be paid any more',
  'WALLET.IN_DEBT': 'the wallet owes tokens for money that went back; what comes in pays for that first',
  'WALLET.CONTRADICTION_RESOLVED': 'it was resolved already, or a resolution of it waits for a second person',
  'WALLET.RESOLUTION_UNFIT': 'what has become of the purchase does not allow for that',
  'WALLET.NOTHING_BOUGHT': 'the money does not buy a single µAIT at the price in force',
  'WALLET.CURRENCY_MISMATCH': 'the ledger is in another currency; a price cannot change it',
  'WALLET.TOO_MANY_PRICES': 'too many prices are announced, or were withdrawn before their time; withdraw one or wait',
  'WALLET.PRICE_IN_FORCE': 'the time of the price has come: somebody may have bought at it',
  'WALLET.PRICE_WITHDRAWN': 'the price was withdrawn already',
  'WALLET.NOT_RETURNABLE': 'the operator gave this voucher; it ends by itself',
  'WALLET.SENDING_OFF': 'the operator does not let parties send tokens',
  'WALLET.SELLING_OFF': 'the operator does not buy tokens back',
  'WALLET.FROZEN': 'the wallet is frozen',
  'WALLET.CLOSED': 'the wallet is closed',
  'WALLET.NOT_A_MEMBER': 'you are not a member of this wallet any more',
  'WALLET.MEMBER_SUSPENDED': 'you are suspended, and spend nothing from this wallet',
  'WALLET.TOO_MANY_MEMBERS': 'too many members would have the hold',
  'WALLET.HOLD_EXPIRED': 'the hold has expired; what was under it is back in the wallet',
  'WALLET.HOLD_RESOLVED': 'the hold was captured for the last time or released already',
  'WALLET.TOO_MANY_HOLDS': 'the wallet has too many open holds; capture or release some of them',
};

/** Refusals in the public surface's words; each has its code in `rules/refusals.md`. */
export function refusal({ data }: { readonly data: Refused }): Answer {
  const { code, limit, available, required } = data;
  const amounts = available === undefined ? {} : { available, required };
  const sentence = sentences[code];
  if (sentence !== undefined) return problem(409, code, sentence);
  switch (code) {
    case 'NOT_FOUND':
      return problem(404, code, 'there is no such wallet to send to');
    case 'WALLET.EXPIRY_PASSED': {
      const detail = 'must be a time to come';
      return problem(400, 'INVALID_ARGUMENT', `/expiresAt: ${detail}`, { errors: [{ pointer: '/expiresAt', detail }] });
    }
    case 'WALLET.NOT_TRANSFERABLE':
      return problem(409, code, 'none of the tokens in this wallet may be sent or sold', amounts);
    case 'WALLET.ISSUANCE_EXHAUSTED':
      return problem(409, code, `the operator can issue ${available} µAIT more, not ${required}`, amounts);
    case 'WALLET.LIMIT_EXCEEDED':
      return problem(409, code, `the limit ${limit} leaves ${available}, not ${required}`, { limit, ...amounts });
    default:
      return problem(409, code, `the wallet can do this with ${available} µAIT, not with ${required}`, amounts);
  }
}

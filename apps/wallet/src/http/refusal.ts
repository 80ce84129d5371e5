import { type Answer, problem } from '@tokengrid/service';

interface Refused {
  readonly code: string;
  readonly limit?: string | undefined;
  readonly available?: bigint | undefined;
  readonly required?: bigint | undefined;
}

/** Refusals that say all by their code. */
const sentences: Readonly<Record<string, string>> = {
  'WALLET.NO_TOKEN_PRICE': 'no token price is posted',
  'WALLET.PRICE_TOO_LARGE': 'the lacking tokens cost more than the maximum of a bill',
  'WALLET.QUOTE_UNKNOWN': 'the wallet has no such quote, or has used it',
  'WALLET.QUOTE_EXPIRED': 'the quote has expired; request another one',
  'WALLET.QUOTE_MISMATCH': 'the quote is for the other side or another number of tokens',
  'WALLET.TOO_MANY_QUOTES': 'the wallet has the maximum number of open quotes; use one, or wait until one expires',
  'WALLET.TOO_MANY_PURCHASES': 'too many purchases are pending; pay or cancel one of them first',
  'WALLET.TOO_MANY_VOUCHERS': 'the wallet has the maximum number of vouchers',
  'WALLET.PURCHASE_RESOLVED': 'the purchase is no longer pending',
  'WALLET.IN_DEBT': 'the wallet is in debt for reversed purchases; incoming tokens pay that first',
  'WALLET.CONTRADICTION_RESOLVED': 'the contradiction is resolved, or its resolution waits for a second person',
  'WALLET.RESOLUTION_UNFIT': 'the state of the purchase does not allow this resolution',
  'WALLET.NOTHING_BOUGHT': 'insufficient payment: less than one µAIT at the price in force',
  'WALLET.CURRENCY_MISMATCH': 'the price is in another currency than the ledger',
  'WALLET.TOO_MANY_PRICES': 'too many announced or withdrawn prices; withdraw one or wait',
  'WALLET.PRICE_IN_FORCE': 'the price is or was in force',
  'WALLET.PRICE_WITHDRAWN': 'the price is already withdrawn',
  'WALLET.NOT_RETURNABLE': "the voucher was issued by the operator; it can't be returned",
  'WALLET.SENDING_OFF': 'sending tokens is not allowed',
  'WALLET.SELLING_OFF': 'selling tokens back is not allowed',
  'WALLET.FROZEN': 'the wallet is frozen',
  'WALLET.CLOSED': 'the wallet is closed',
  'WALLET.NOT_A_MEMBER': 'you are no longer a member of this wallet',
  'WALLET.MEMBER_SUSPENDED': 'you are suspended in this wallet',
  'WALLET.TOO_MANY_MEMBERS': 'too many members would have the hold',
  'WALLET.HOLD_EXPIRED': 'the hold has expired; its tokens are back in the wallet',
  'WALLET.HOLD_RESOLVED': 'the hold is already resolved: captured for the last time, or released',
  'WALLET.TOO_MANY_HOLDS': 'the wallet has the maximum number of open holds; capture or release some of them',
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
      const detail = 'must be in the future';
      return problem(400, 'INVALID_ARGUMENT', `/expiresAt: ${detail}`, { errors: [{ pointer: '/expiresAt', detail }] });
    }
    case 'WALLET.NOT_TRANSFERABLE':
      return problem(409, code, "no transferable tokens: none of the wallet's tokens may be sent or sold", amounts);
    case 'WALLET.ISSUANCE_EXHAUSTED':
      return problem(409, code, `the operator can issue ${available} µAIT more, not ${required}`, amounts);
    case 'WALLET.LIMIT_EXCEEDED':
      return problem(409, code, `the limit ${limit} leaves ${available}, not ${required}`, { limit, ...amounts });
    default:
      return problem(409, code, `the wallet can do this with ${available} µAIT, not with ${required}`, amounts);
  }
}

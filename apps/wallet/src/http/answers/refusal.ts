import { type Answer, problem } from '@tokengrid/service';

interface Refused {
  readonly code: string;
  readonly available?: bigint | undefined;
  readonly required?: bigint | undefined;
}

/** Refusals in the public surface's words; each has its code in the README. */
export function refusal({ data }: { readonly data: Refused }): Answer {
  const { code, available, required } = data;
  const amounts = available === undefined ? {} : { available, required };
  switch (code) {
    case 'NOT_FOUND':
      return problem(404, code, 'there is no such wallet to send to');
    case 'WALLET.NO_TOKEN_PRICE':
      return problem(409, code, 'the operator has posted no token price yet');
    case 'WALLET.EXPIRY_PASSED': {
      const detail = 'must be a time to come';
      return problem(400, 'INVALID_ARGUMENT', `/expiresAt: ${detail}`, { errors: [{ pointer: '/expiresAt', detail }] });
    }
    case 'WALLET.NOT_TRANSFERABLE':
      return problem(409, code, 'none of the tokens in this wallet may be sent or sold', amounts);
    case 'WALLET.HOLD_EXPIRED':
      return problem(409, code, 'the hold has expired; what was under it is back in the wallet');
    case 'WALLET.HOLD_RESOLVED':
      return problem(409, code, 'the hold was captured for the last time or released already');
    case 'WALLET.TOO_MANY_HOLDS':
      return problem(409, code, 'the wallet has too many open holds; capture or release some of them');
    case 'WALLET.ISSUANCE_EXHAUSTED':
      return problem(409, code, `the operator can issue ${available} µAIT more, not ${required}`, amounts);
    default:
      return problem(409, code, `the wallet can do this with ${available} µAIT, not with ${required}`, amounts);
  }
}

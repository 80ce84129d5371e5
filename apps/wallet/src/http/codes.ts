import { errorCodes } from '@tokengrid/service';

/** Codes of a caller whose membership has ended. */
export const membership = errorCodes('WALLET.NOT_A_MEMBER', 'WALLET.MEMBER_SUSPENDED');

/** Codes of a wallet that nothing may leave. */
export const barred = errorCodes('WALLET.FROZEN', 'WALLET.CLOSED', 'WALLET.IN_DEBT');

/** Codes of all spending, in order of precedence. */
export const spending = [...barred, ...membership, ...errorCodes('WALLET.LIMIT_EXCEEDED')];

/** Codes of sending: market policy and transferable lots. */
export const sending = [
  ...barred,
  ...errorCodes('WALLET.SENDING_OFF'),
  ...membership,
  ...errorCodes('WALLET.LIMIT_EXCEEDED', 'WALLET.NOT_TRANSFERABLE', 'WALLET.INSUFFICIENT_TOKENS'),
];

/** Codes of buying or selling at a price. */
export const pricing = errorCodes(
  'WALLET.NO_TOKEN_PRICE',
  'WALLET.QUOTE_UNKNOWN',
  'WALLET.QUOTE_EXPIRED',
  'WALLET.QUOTE_MISMATCH',
);

/** Codes of a hold that is not open. */
export const gone = errorCodes('WALLET.HOLD_EXPIRED', 'WALLET.HOLD_RESOLVED');

/** Codes of a second person's decision. */
export const deciding = errorCodes('WALLET.APPROVAL_RESOLVED', 'WALLET.SAME_PRINCIPAL');

/** Codes of the operator's grants. */
export const giving = errorCodes('WALLET.CLOSED', 'WALLET.ISSUANCE_EXHAUSTED', 'WALLET.TOO_MANY_APPROVALS');

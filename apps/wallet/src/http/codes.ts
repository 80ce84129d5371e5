import { errorCodes } from '@tokengrid/service';

/** Codes of a caller that was a member of the wallet. */
export const membership = errorCodes('WALLET.NOT_A_MEMBER', 'WALLET.MEMBER_SUSPENDED');

/** Codes of a wallet from which nothing leaves. */
export const barred = errorCodes('WALLET.FROZEN', 'WALLET.CLOSED', 'WALLET.IN_DEBT');

/** Codes of whatever tokens leave a wallet for, in the order of precedence. */
export const spending = [...barred, ...membership, ...errorCodes('WALLET.LIMIT_EXCEEDED')];

/** Codes of sending: what the operator allows, and what lots may be sent. */
export const sending = [
  ...barred,
  ...errorCodes('WALLET.SENDING_OFF'),
  ...membership,
  ...errorCodes('WALLET.LIMIT_EXCEEDED', 'WALLET.NOT_TRANSFERABLE', 'WALLET.INSUFFICIENT_TOKENS'),
];

/** Codes of whatever is bought or sold at a price. */
export const pricing = errorCodes(
  'WALLET.NO_TOKEN_PRICE',
  'WALLET.QUOTE_UNKNOWN',
  'WALLET.QUOTE_EXPIRED',
  'WALLET.QUOTE_MISMATCH',
);

/** Codes of a hold that is no more. */
export const gone = errorCodes('WALLET.HOLD_EXPIRED', 'WALLET.HOLD_RESOLVED');

/** Codes of a second person's word. */
export const deciding = errorCodes('WALLET.APPROVAL_RESOLVED', 'WALLET.SAME_PRINCIPAL');

/** Codes of whatever the operator gives. */
export const giving = errorCodes('WALLET.CLOSED', 'WALLET.ISSUANCE_EXHAUSTED', 'WALLET.TOO_MANY_APPROVALS');

import type { Refusals } from './commands.ts';
import type { walletCodes } from './wallet-codes.ts';

const status = ['WALLET.CLOSED', 'WALLET.FROZEN'] as const;
/** Of a wallet from which nothing leaves. */
const barred = [...status, 'WALLET.IN_DEBT'] as const;
/** Of a caller that was a member of the wallet. */
const membership = ['WALLET.NOT_A_MEMBER', 'WALLET.MEMBER_SUSPENDED'] as const;
const limits = ['WALLET.LIMIT_EXCEEDED daily', 'WALLET.LIMIT_EXCEEDED monthly'] as const;
const caps = [
  'WALLET.LIMIT_EXCEEDED member-daily',
  'WALLET.LIMIT_EXCEEDED member-monthly',
  'WALLET.LIMIT_EXCEEDED member-total',
] as const;
/** Of whatever is spent. */
const spending = [...membership, ...limits, ...caps] as const;
/** Of tokens that are to be another's. */
const leaving = ['WALLET.NOT_TRANSFERABLE', 'WALLET.INSUFFICIENT_TOKENS'] as const;
const sending = [
  ...barred,
  'WALLET.SENDING_OFF',
  'WALLET.LIMIT_EXCEEDED sending-monthly',
  ...spending,
  ...leaving,
] as const;
/** Of whatever is bought or sold at a price. */
const pricing = [
  'WALLET.NO_TOKEN_PRICE',
  'WALLET.QUOTE_UNKNOWN',
  'WALLET.QUOTE_EXPIRED',
  'WALLET.QUOTE_MISMATCH',
] as const;
/** Of a hold that is no more. */
const gone = ['WALLET.HOLD_EXPIRED', 'WALLET.HOLD_RESOLVED'] as const;
/** Of a second person's word. */
const deciding = ['WALLET.APPROVAL_RESOLVED', 'WALLET.SAME_PRINCIPAL'] as const;
const exhausted = 'WALLET.ISSUANCE_EXHAUSTED';

/** Refusals of the wallet's commands, in the order in which they are tried. */
export const walletRefusals = {
  sendTokens: ['NOT_FOUND', ...sending],
  fundVoucher: ['NOT_FOUND', 'WALLET.EXPIRY_PASSED', ...sending],
  receiveTokens: ['WALLET.NOT_OPEN', 'WALLET.CLOSED', 'WALLET.TOO_MANY_VOUCHERS'],
  returnVoucher: [...status, 'NOT_FOUND', 'WALLET.NOT_RETURNABLE'],
  quotePrice: ['WALLET.NO_TOKEN_PRICE', 'WALLET.TOO_MANY_QUOTES'],
  purchaseTokens: [
    ...pricing,
    ...barred,
    'WALLET.LIMIT_EXCEEDED bill-monthly',
    'WALLET.LIMIT_EXCEEDED provider-monthly',
    'WALLET.TOO_MANY_PURCHASES',
    ...caps,
    exhausted,
  ],
  sellTokens: [
    ...pricing,
    ...barred,
    'WALLET.SELLING_OFF',
    'WALLET.LIMIT_EXCEEDED selling-monthly',
    ...caps,
    ...leaving,
  ],
  cancelPurchase: ['WALLET.PURCHASE_RESOLVED'],
  recordPaymentRequest: ['WALLET.PAYMENT_REFUSED'],
  settlePurchase: [
    'WALLET.PAYMENT_MISMATCH',
    'WALLET.PAYMENT_CONTRADICTED',
    'WALLET.PURCHASE_RESOLVED',
    'WALLET.PAYMENT_FAILED',
    'WALLET.NOTHING_BOUGHT',
    exhausted,
  ],
  proposeResolution: ['WALLET.CONTRADICTION_RESOLVED', 'WALLET.RESOLUTION_UNFIT', 'WALLET.TOO_MANY_APPROVALS'],
  approveResolution: [...deciding, 'WALLET.RESOLUTION_UNFIT', 'WALLET.NOTHING_BOUGHT', exhausted],
  rejectResolution: deciding,
  grantTokens: ['WALLET.EXPIRY_PASSED', 'WALLET.CLOSED', exhausted],
  issueVoucher: ['WALLET.EXPIRY_PASSED', 'WALLET.CLOSED', 'WALLET.TOO_MANY_VOUCHERS', exhausted],
  assignPlan: ['WALLET.CLOSED', exhausted],
  renewPlan: [exhausted],
  endPlan: ['NOT_FOUND'],
  giveTokens: [
    'WALLET.EXPIRY_PASSED',
    'WALLET.CLOSED',
    'WALLET.TOO_MANY_VOUCHERS',
    exhausted,
    'WALLET.TOO_MANY_APPROVALS',
  ],
  approveGrant: [...deciding, 'WALLET.APPROVAL_OUTDATED', 'WALLET.CLOSED', 'WALLET.TOO_MANY_VOUCHERS', exhausted],
  rejectGrant: deciding,
  placeHold: [...barred, 'WALLET.TOO_MANY_HOLDS', ...spending, 'WALLET.INSUFFICIENT_TOKENS'],
  extendHold: [
    ...membership,
    'NOT_FOUND',
    ...gone,
    ...barred,
    'WALLET.TOO_MANY_MEMBERS',
    ...limits,
    ...caps,
    'WALLET.INSUFFICIENT_TOKENS',
  ],
  captureHold: [...membership, 'NOT_FOUND', ...gone, ...caps],
  releaseHold: [...membership, 'NOT_FOUND', ...gone],
  holdSlice: [...barred, 'WALLET.TOO_MANY_HOLDS', ...spending, 'WALLET.INSUFFICIENT_TOKENS'],
  renewSlice: [...gone, ...barred, ...spending, 'WALLET.INSUFFICIENT_TOKENS'],
  releaseSlice: ['WALLET.HOLD_EXPIRED'],
  // Who pays for a use is known: it may have left the wallet since.
  chargeWallet: [
    ...barred,
    'WALLET.MEMBER_SUSPENDED',
    ...limits,
    ...caps,
    'WALLET.INSUFFICIENT_TOKENS',
    'WALLET.NO_TOKEN_PRICE',
    'WALLET.PRICE_TOO_LARGE',
    'WALLET.LIMIT_EXCEEDED exhaustion-monthly',
    'WALLET.LIMIT_EXCEEDED bill-monthly',
    exhausted,
  ],
  releaseEscrow: ['WALLET.ESCROW_SHORT'],
  collectFees: ['WALLET.ESCROW_SHORT'],
  orderFeesRetirement: ['WALLET.INSUFFICIENT_FEES'],
  closeWallet: ['WALLET.IN_DEBT', 'WALLET.NOT_EMPTY'],
  reopenWallet: ['WALLET.NOT_CLOSED'],
  setSpendLimits: ['PERMISSION_DENIED'],
  setExhaustionPolicy: ['PERMISSION_DENIED'],
  setMember: ['PERMISSION_DENIED', 'WALLET.TOO_MANY_MEMBERS'],
  removeMember: ['PERMISSION_DENIED', 'NOT_FOUND'],
  suspendMember: ['NOT_FOUND'],
  reinstateMember: ['NOT_FOUND'],
  postTokenPrice: ['WALLET.CURRENCY_MISMATCH', 'WALLET.TOO_MANY_PRICES', 'WALLET.TOO_MANY_APPROVALS'],
  approveTokenPrice: [...deciding, 'WALLET.CURRENCY_MISMATCH', 'WALLET.TOO_MANY_PRICES'],
  rejectTokenPrice: deciding,
  withdrawTokenPrice: ['NOT_FOUND', 'WALLET.PRICE_WITHDRAWN', 'WALLET.PRICE_IN_FORCE'],
  changeMarketPolicy: ['WALLET.TOO_MANY_APPROVALS'],
  approveMarketPolicy: deciding,
  rejectMarketPolicy: deciding,
} as const satisfies Refusals<keyof typeof walletCodes>;

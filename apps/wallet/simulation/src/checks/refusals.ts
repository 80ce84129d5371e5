/** Limits of refusals, in order of precedence. */
const own = ['daily', 'monthly'] as const;
const members = ['member-daily', 'member-monthly'] as const;

const exceeded = (...limits: readonly string[]): readonly string[] =>
  limits.map((limit) => `WALLET.LIMIT_EXCEEDED ${limit}`);

/** Codes of an actor that is no member, or a suspended one. */
const rights = ['WALLET.NOT_A_MEMBER', 'WALLET.MEMBER_SUSPENDED'] as const;
/** Codes of a wallet that nothing may leave. */
const status = ['WALLET.FROZEN', 'WALLET.CLOSED', 'WALLET.IN_DEBT'] as const;
/** Codes of a hold that is gone. */
const gone = ['NOT_FOUND', 'WALLET.HOLD_EXPIRED', 'WALLET.HOLD_RESOLVED'] as const;
const quotes = [
  'WALLET.NO_TOKEN_PRICE',
  'WALLET.QUOTE_UNKNOWN',
  'WALLET.QUOTE_EXPIRED',
  'WALLET.QUOTE_MISMATCH',
] as const;
const words = ['WALLET.TOO_MANY_APPROVALS', 'WALLET.APPROVAL_RESOLVED', 'WALLET.SAME_PRINCIPAL'] as const;
/** Codes of a declined transfer. */
const declined = ['WALLET.NOT_OPEN', 'WALLET.CLOSED', 'WALLET.TOO_MANY_VOUCHERS'] as const;
const exhausted = 'WALLET.ISSUANCE_EXHAUSTED';
const short = 'WALLET.INSUFFICIENT_TOKENS';

/**
 * Refusals that each history has to reach, by event, written from the rules: a proof covers no more
 * than its load. Refusals that need many items, or a rare coincidence, are left to long runs (`npm
 * run simulate -- --reached`).
 */
export const refusals: Readonly<Record<string, readonly string[]>> = {
  HoldRefused: [...status, ...rights, ...exceeded(...own, ...members), short],
  HoldExtensionRefused: [...rights, ...gone, 'WALLET.FROZEN', 'WALLET.IN_DEBT', ...exceeded(...own, ...members), short],
  CaptureRefused: [...rights, ...gone, ...exceeded(...members)],
  HoldReleaseRefused: [...rights, ...gone],
  TransferRefused: [
    'NOT_FOUND',
    'WALLET.EXPIRY_PASSED',
    ...status,
    'WALLET.SENDING_OFF',
    ...rights,
    ...exceeded('sending-monthly', ...own, ...members),
    'WALLET.NOT_TRANSFERABLE',
    short,
  ],
  TransferDeclined: declined,
  TransferReturned: declined,
  VoucherReturnRefused: ['WALLET.FROZEN', 'WALLET.CLOSED', 'NOT_FOUND', 'WALLET.NOT_RETURNABLE'],
  FeesRetirementRefused: ['WALLET.INSUFFICIENT_FEES'],
  ReopeningRefused: ['WALLET.NOT_CLOSED'],
  ChargeRefused: [
    ...status,
    'WALLET.MEMBER_SUSPENDED',
    ...exceeded(...own, ...members, 'bill-monthly', 'exhaustion-monthly'),
    'WALLET.NO_TOKEN_PRICE',
    exhausted,
    short,
  ],
  PurchaseRefused: [...quotes, ...status, ...exceeded('bill-monthly', 'provider-monthly', ...members), exhausted],
  SaleRefused: [
    ...quotes,
    ...status,
    'WALLET.SELLING_OFF',
    ...exceeded('selling-monthly', ...members),
    'WALLET.NOT_TRANSFERABLE',
    short,
  ],
  QuoteRefused: ['WALLET.NO_TOKEN_PRICE'],
  PaymentNoticeIgnored: ['WALLET.PURCHASE_RESOLVED'],
  PaymentContradicted: ['WALLET.PAYMENT_MISMATCH', 'WALLET.PAYMENT_CONTRADICTED', 'WALLET.NOTHING_BOUGHT'],
  PurchaseFailed: ['WALLET.PAYMENT_FAILED', 'WALLET.PAYMENT_REFUSED'],
  PurchaseCancellationRefused: ['WALLET.PURCHASE_RESOLVED'],
  ContradictionResolutionRefused: [
    'WALLET.APPROVAL_RESOLVED',
    'WALLET.SAME_PRINCIPAL',
    'WALLET.CONTRADICTION_RESOLVED',
    'WALLET.RESOLUTION_UNFIT',
  ],
  GrantRefused: ['WALLET.EXPIRY_PASSED', 'WALLET.CLOSED', exhausted],
  VoucherRefused: ['WALLET.EXPIRY_PASSED', 'WALLET.CLOSED', exhausted],
  PlanRefused: ['NOT_FOUND', 'WALLET.CLOSED', exhausted],
  GrantApprovalRefused: [...words, 'WALLET.APPROVAL_OUTDATED', 'WALLET.CLOSED', exhausted],
  TokenPriceApprovalRefused: words,
  MarketPolicyApprovalRefused: words,
  TokenPriceRefused: ['WALLET.CURRENCY_MISMATCH'],
  TokenPriceWithdrawalRefused: ['NOT_FOUND', 'WALLET.PRICE_WITHDRAWN', 'WALLET.PRICE_IN_FORCE'],
  MemberRefused: ['NOT_FOUND', 'PERMISSION_DENIED'],
  SpendLimitsRefused: ['PERMISSION_DENIED'],
  ExhaustionPolicyRefused: ['PERMISSION_DENIED'],
  ClosureRefused: ['WALLET.NOT_EMPTY', 'WALLET.IN_DEBT'],
  EscrowRefused: ['WALLET.ESCROW_SHORT'],
};

/** Events that only long runs reach; those of slices happen in their own simulation. */
export const seldom: readonly string[] = ['PlanRenewalRefused', 'HoldReduced', 'HoldsRecalled'];

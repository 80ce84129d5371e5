import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { controlAnswers } from './wallets/control.answers.ts';
import { approvalAnswers } from './approvals/approvals.answers.ts';
import { exhaustionAnswers } from './exhaustion-policies/exhaustion-policies.answers.ts';
import { grantAnswers } from './grants/grants.answers.ts';
import { holdAnswers } from './holds/holds.answers.ts';
import { marketAnswers } from './market-policies/market-policies.answers.ts';
import { operatorAnswers } from './token-prices/operator.answers.ts';
import { planAnswers } from './plans/plans.answers.ts';
import { purchaseAnswers } from './purchases/purchases.answers.ts';
import { quoteAnswers } from './quotes/quotes.answers.ts';
import { transferAnswers } from './transfers/transfers.answers.ts';
import { voucherAnswers } from './vouchers/vouchers.answers.ts';

/** What each event answers whoever asked for it. */
export const walletAnswers: Answers<WalletEvent> = {
  ...quoteAnswers,
  ...purchaseAnswers,
  ...transferAnswers,
  ...grantAnswers,
  ...approvalAnswers,
  ...exhaustionAnswers,
  ...voucherAnswers,
  ...planAnswers,
  ...holdAnswers,
  ...controlAnswers,
  ...operatorAnswers,
  ...marketAnswers,
  // What policies' commands state, and what is stated beside an answer.
  WalletOpened: 'silent',
  CapacityGranted: 'silent',
  CapacityExhausted: 'silent',
  CapacityWarningRaised: 'silent',
  CapacityWarningCleared: 'silent',
  CapacityReclaimed: 'silent',
  CapacityReceived: 'silent',
  CapacityReturned: 'silent',
  CapacityReserved: 'silent',
  CapacityUsed: 'silent',
  CapacityFreed: 'silent',
  SpendAlertRaised: 'silent',
  TokensReceived: 'silent',
  TransferDeclined: 'silent',
  TransferReturned: 'silent',
  TokensExpired: 'silent',
  HoldExpired: 'silent',
  PlanReset: 'silent',
  PlanRenewalRefused: 'silent',
  VoucherRefunded: 'silent',
  PaymentRequested: 'silent',
  PurchaseFailed: 'silent',
  PurchaseExpired: 'silent',
  PaymentNoticeTaken: 'silent',
  PaymentNoticeIgnored: 'silent',
  PaymentContradicted: 'silent',
  PaymentContradictionResolved: 'silent',
  PurchaseReversed: 'silent',
  PurchaseRestored: 'silent',
  DebtPaid: 'silent',
  WalletCharged: 'silent',
  ChargeRefused: 'silent',
  EscrowReleased: 'silent',
  FeesCollected: 'silent',
  FeesRetired: 'silent',
  EscrowRefused: 'silent',
  EarningsReceived: 'silent',
};

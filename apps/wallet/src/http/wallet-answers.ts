import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { controlAnswers } from './answers/control.ts';
import { approvalAnswers } from './answers/approvals.ts';
import { exhaustionAnswers } from './answers/exhaustion.ts';
import { grantAnswers } from './answers/grants.ts';
import { holdAnswers } from './answers/holds.ts';
import { marketAnswers } from './answers/market.ts';
import { operatorAnswers } from './answers/operator.ts';
import { planAnswers } from './answers/plans.ts';
import { purchaseAnswers } from './answers/purchases.ts';
import { quoteAnswers } from './answers/quotes.ts';
import { transferAnswers } from './answers/transfers.ts';
import { voucherAnswers } from './answers/vouchers.ts';

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

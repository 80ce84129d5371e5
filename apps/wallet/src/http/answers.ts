import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { approvalAnswers } from './approvals/approvals.answers.ts';
import { billLimitAnswers } from './bill-limit/bill-limit.answers.ts';
import { capacityAnswers } from './capacity/capacity.answers.ts';
import { exhaustionPolicyAnswers } from './exhaustion-policy/exhaustion-policy.answers.ts';
import { feesAnswers } from './fees/fees.answers.ts';
import { grantAnswers } from './grants/grants.answers.ts';
import { holdAnswers } from './holds/holds.answers.ts';
import { limitAnswers } from './limits/limits.answers.ts';
import { marketPolicyAnswers } from './market-policy/market-policy.answers.ts';
import { memberAnswers } from './members/members.answers.ts';
import { planAnswers } from './plan/plan.answers.ts';
import { purchaseAnswers } from './purchases/purchases.answers.ts';
import { quoteAnswers } from './quotes/quotes.answers.ts';
import { saleAnswers } from './sales/sales.answers.ts';
import { tokenPriceAnswers } from './token-price/token-price.answers.ts';
import { transferAnswers } from './transfers/transfers.answers.ts';
import { voucherAnswers } from './vouchers/vouchers.answers.ts';
import { walletStatusAnswers } from './wallets/wallets.answers.ts';

/** Answers of the wallet's events. */
export const walletAnswers: Answers<WalletEvent> = {
  ...walletStatusAnswers,
  ...limitAnswers,
  ...memberAnswers,
  ...transferAnswers,
  ...purchaseAnswers,
  ...saleAnswers,
  ...quoteAnswers,
  ...holdAnswers,
  ...grantAnswers,
  ...planAnswers,
  ...voucherAnswers,
  ...exhaustionPolicyAnswers,
  ...billLimitAnswers,
  ...approvalAnswers,
  ...tokenPriceAnswers,
  ...marketPolicyAnswers,
  ...capacityAnswers,
  ...feesAnswers,
  // Events of policies' commands, and events stated beside an answering one.
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
  HoldReduced: 'silent',
  HoldsRecalled: 'silent',
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
  EscrowReleased: 'silent',
  FeesCollected: 'silent',
  FeesRetired: 'silent',
  EscrowRefused: 'silent',
  EarningsReceived: 'silent',
};

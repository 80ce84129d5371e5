import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { grantAnswers } from './answers/grants.ts';
import { holdAnswers } from './answers/holds.ts';
import { operatorAnswers } from './answers/operator.ts';
import { purchaseAnswers } from './answers/purchases.ts';
import { transferAnswers } from './answers/transfers.ts';

/** What each event answers whoever asked for it. */
export const walletAnswers: Answers<WalletEvent> = {
  ...purchaseAnswers,
  ...transferAnswers,
  ...grantAnswers,
  ...holdAnswers,
  ...operatorAnswers,
  // What policies' commands state, and what is stated beside an answer.
  WalletOpened: 'silent',
  CapacityGranted: 'silent',
  CapacityExhausted: 'silent',
  CapacityReclaimed: 'silent',
  CapacityReceived: 'silent',
  CapacityReturned: 'silent',
  CapacityUsed: 'silent',
  CapacityFreed: 'silent',
  TokensReceived: 'silent',
  TransferDeclined: 'silent',
  TransferReturned: 'silent',
  TokensExpired: 'silent',
  HoldExpired: 'silent',
  WalletCharged: 'silent',
  ChargeRefused: 'silent',
  EscrowReleased: 'silent',
  FeesCollected: 'silent',
  EscrowRefused: 'silent',
  EarningsReceived: 'silent',
};

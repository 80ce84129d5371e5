import type { EventOf } from '../event.ts';
import type { walletStreamEvents } from '../wallet.ts';

/**
 * Events after which a wallet may cover what it could not before: tokens came, or a limit, a
 * member's cap or a freeze allows more. What was refused is asked for again after each of them.
 */
export const spendableEvents = [
  'TokensPurchased',
  'TokensGranted',
  'TokensReceived',
  'TransferReturned',
  'EarningsReceived',
  'VoucherIssued',
  'VoucherRefunded',
  'PurchaseRestored',
  'HoldCaptured',
  'HoldReduced',
  'HoldReleased',
  'HoldExpired',
  'WalletCharged',
  'WalletUnfrozen',
  'WalletReopened',
  'DebtPaid',
  'BillLimitSet',
  'ExhaustionPolicySet',
  'SpendLimitsSet',
  'MemberSet',
  'MemberReinstated',
  'MemberRemoved',
] as const;

/** One of {@link spendableEvents}. */
export type SpendableEvent = Extract<
  EventOf<(typeof walletStreamEvents)[number]>,
  { readonly type: (typeof spendableEvents)[number] }
>;

/**
 * Whether a {@link spendableEvents spendable event} frees anything: a charge does if it gave back
 * or set something off, a capture if it was its hold's last.
 */
export function maySpendMore(event: SpendableEvent): boolean {
  switch (event.type) {
    case 'WalletCharged': {
      const { givenBack, refused } = event.data;
      return givenBack > 0n || refused.some(({ setOffBy }) => setOffBy !== undefined);
    }
    case 'HoldCaptured':
      return event.data.final;
    default:
      return true;
  }
}

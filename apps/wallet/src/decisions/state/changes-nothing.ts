import type { WalletStreamEvent } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';

/** Events that are remembered and change nothing in the wallet: refusals above all. */
const types = [
  'CaptureRefused',
  'ChargeRefused',
  'ClosureRefused',
  'ContradictionResolutionRefused',
  'ExhaustionPolicyRefused',
  'GrantApprovalRefused',
  'GrantRefused',
  'HoldExtensionRefused',
  'HoldRefused',
  'HoldReleaseRefused',
  'MemberRefused',
  'PaymentNoticeIgnored',
  'PaymentRequested',
  'PlanRefused',
  'PurchaseCancellationRefused',
  'PurchaseRefused',
  'QuoteRefused',
  'ReopeningRefused',
  'SaleRefused',
  'SpendLimitsRefused',
  'TransferDeclined',
  'TransferRefused',
  'VoucherRefused',
  'VoucherReturnRefused',
] as const satisfies readonly WalletStreamEvent['type'][];

type WithoutEffect = EventNamed<WalletStreamEvent, (typeof types)[number]>;

const withoutEffect: ReadonlySet<string> = new Set(types);

/** Whether a wallet is after the event what it was before. */
export const changesNothing = (event: WalletStreamEvent): event is WithoutEffect => withoutEffect.has(event.type);

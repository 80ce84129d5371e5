import type { WalletStreamEvent } from '@tokengrid/contracts';
import type { EventNamed } from '@tokengrid/kernel';

/** Events without an effect on the wallet's state, mostly refusals. */
const types = [
  'CaptureRefused',
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

/** True for an event that leaves the wallet's state unchanged. */
export const changesNothing = (event: WalletStreamEvent): event is WithoutEffect => withoutEffect.has(event.type);

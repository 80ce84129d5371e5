import { type CodesOf, type MeteringEvent, UsageUncollected, type walletRefusals } from '@tokengrid/contracts';
import { awaitedCharge } from '../rules/awaited-charge.ts';
import type { Usage } from '../state/usage.ts';

/** The wallet's refusal of a charge. */
export interface LeaveUncollected {
  readonly usageId: string;
  readonly chargeId: string;
  /** Code of the wallet: `WALLET.INSUFFICIENT_TOKENS`. */
  readonly code: CodesOf<typeof walletRefusals, 'chargeWallet'>;
}

/**
 * Marks a rated use as uncollected, because the wallet could not cover it. A charge without a hold
 * is all or nothing, so nobody earns from it.
 */
export function leaveUncollected(usage: Usage, data: LeaveUncollected): readonly MeteringEvent[] {
  const { shares: _, ...charge } = awaitedCharge(usage, data);
  return [UsageUncollected({ ...charge, code: data.code })];
}

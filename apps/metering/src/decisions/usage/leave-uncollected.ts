import { type CodesOf, type MeteringEvent, UsageUncollected, type walletRefusals } from '@tokengrid/contracts';
import { awaitedCharge } from '../rules/awaited-charge.ts';
import type { Usage } from '../state/usage.ts';

/** The wallet's word that a charge was refused. */
export interface LeaveUncollected {
  readonly usageId: string;
  readonly chargeId: string;
  /** The wallet's code: `WALLET.INSUFFICIENT_TOKENS`. */
  readonly code: CodesOf<typeof walletRefusals, 'chargeWallet'>;
}

/**
 * Records that the wallet could not cover a rated use. A charge without a hold is all or nothing,
 * so nobody earns of it.
 */
export function leaveUncollected(usage: Usage, data: LeaveUncollected): readonly MeteringEvent[] {
  const { shares: _, ...charge } = awaitedCharge(usage, data);
  return [UsageUncollected({ ...charge, code: data.code })];
}

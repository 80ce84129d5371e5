import { type MeteringEvent, UsageBilled } from '@tokengrid/contracts';
import { awaitedCharge } from '../rules/awaited-charge.ts';
import type { Usage } from '../state/usage.ts';

/** The wallet's word that a charge was paid. */
export interface BillUsage {
  readonly usageId: string;
  readonly chargeId: string;
  /** The wallet lane whose escrow holds the tokens now. */
  readonly walletLane: number;
  /** Id of the `WalletCharged` event. */
  readonly chargedBy: string;
}

/** Records that the wallet paid for a rated use, with the shares that settlement will accrue. */
export function billUsage(usage: Usage, data: BillUsage): readonly MeteringEvent[] {
  const charge = awaitedCharge(usage, data);
  return [UsageBilled({ ...charge, walletLane: data.walletLane, chargedBy: data.chargedBy })];
}

import { type MeteringEvent, UsageBilled } from '@tokengrid/contracts';
import { awaitedCharge } from '../rules/awaited-charge.ts';
import type { Usage } from '../state/usage.ts';

/** The wallet's confirmation that a charge was paid. */
export interface BillUsage {
  readonly usageId: string;
  readonly chargeId: string;
  /** Wallet lane whose escrow holds the tokens. */
  readonly walletLane: number;
  /** Id of the `WalletCharged` event. */
  readonly chargedBy: string;
}

/** Bills a rated use that the wallet has paid, with the shares that settlement will accrue. */
export function billUsage(usage: Usage, data: BillUsage): readonly MeteringEvent[] {
  const charge = awaitedCharge(usage, data);
  return [UsageBilled({ ...charge, walletLane: data.walletLane, chargedBy: data.chargedBy })];
}

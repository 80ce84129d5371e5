import type { ExhaustionAction } from '@tokengrid/contracts';

/** What a wallet's owner decided for when its tokens run out. */
export interface ExhaustionPolicy {
  readonly action: ExhaustionAction;
  /** Minor units per month of the operator's; null: no limit but that of the bill. */
  readonly monthlyCap: bigint | null;
}

export const stopping: ExhaustionPolicy = { action: 'stop', monthlyCap: null };

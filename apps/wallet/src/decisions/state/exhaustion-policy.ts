import type { ExhaustionAction } from '@tokengrid/contracts';

/** The owner's policy for a wallet without enough tokens. */
export interface ExhaustionPolicy {
  readonly action: ExhaustionAction;
  /** Minor units per month in the operator's zone; null: no limit but that of the bill. */
  readonly monthlyCap: bigint | null;
}

export const stopping: ExhaustionPolicy = { action: 'stop', monthlyCap: null };

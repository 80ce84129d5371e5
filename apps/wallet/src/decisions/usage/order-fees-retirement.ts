import { FeesRetirementOrdered, FeesRetirementRefused } from '@tokengrid/contracts';
import type { Fees } from '../state/fees.ts';
import { least } from '../state/lots.ts';
import type { Decided } from '../rules/decided.ts';

export interface OrderFeesRetirement {
  readonly retirementId: string;
  /** µAIT; undefined: all that there are. */
  readonly tokens?: bigint | undefined;
  /** µAIT that each lane had collected, ever, when the command was made, by lane; it only grows. */
  readonly collected: readonly { readonly lane: number; readonly tokens: bigint }[];
}

/**
 * Decides which lanes take how much of the operator's fees out of the world: each gives all that it
 * has left until it is enough. Refused where there are not as many.
 */
export function orderFeesRetirement(
  { ordered }: Fees,
  { retirementId, tokens, collected }: OrderFeesRetirement,
): Decided<'orderFeesRetirement'> {
  const left = collected.map(({ lane, tokens: ever }) => ({ lane, tokens: ever - (ordered.get(lane) ?? 0n) }));
  const available = left.reduce((sum, each) => sum + each.tokens, 0n);
  const required = tokens ?? available;
  if (required > available) {
    return [FeesRetirementRefused({ retirementId, code: 'WALLET.INSUFFICIENT_FEES', available, required })];
  }
  let missing = required;
  const lanes = left.map(({ lane, tokens: most }) => {
    const part = least(most, missing);
    missing -= part;
    return { lane, tokens: part };
  });
  return [FeesRetirementOrdered({ retirementId, tokens: required, lanes: lanes.filter((part) => part.tokens > 0n) })];
}

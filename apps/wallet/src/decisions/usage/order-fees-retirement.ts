import { FeesRetirementOrdered, FeesRetirementRefused } from '@tokengrid/contracts';
import type { Fees } from '../state/fees.ts';
import { least } from '../state/lots.ts';
import type { Decided } from '../rules/decided.ts';

export interface OrderFeesRetirement {
  readonly retirementId: string;
  /** Amount in µAIT; undefined: all fees collected and not yet retired. */
  readonly tokens?: bigint | undefined;
  /**
   * µAIT collected when the command was made, by lane; negative where fees filled the escrow up.
   */
  readonly collected: readonly { readonly lane: number; readonly tokens: bigint }[];
}

/**
 * Orders the retirement of the operator's fees: each lane gives all it has left until the amount is
 * reached. Refused for more than is left in all lanes, less what the fees of some owe their escrow.
 */
export function orderFeesRetirement(
  { ordered }: Fees,
  { retirementId, tokens, collected }: OrderFeesRetirement,
): Decided<'orderFeesRetirement'> {
  const left = collected.map(({ lane, tokens: ever }) => ({ lane, tokens: ever - (ordered.get(lane) ?? 0n) }));
  const sum = left.reduce((all, each) => all + each.tokens, 0n);
  const available = sum > 0n ? sum : 0n;
  const required = tokens ?? available;
  if (required > available) {
    return [FeesRetirementRefused({ retirementId, code: 'WALLET.INSUFFICIENT_FEES', available, required })];
  }
  let missing = required;
  const lanes = left.map(({ lane, tokens: most }) => {
    const part = most > 0n ? least(most, missing) : 0n;
    missing -= part;
    return { lane, tokens: part };
  });
  return [FeesRetirementOrdered({ retirementId, tokens: required, lanes: lanes.filter((part) => part.tokens > 0n) })];
}

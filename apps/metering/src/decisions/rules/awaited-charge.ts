import { NotYet } from '@tokengrid/kernel';
import type { Charge, Usage } from '../state/usage.ts';

/**
 * Charge that the wallet's answer refers to.
 * @throws NotYet for a use without a rating yet; Error for a second answer, or one for another
 * charge
 */
export function awaitedCharge(usage: Usage, answer: { readonly usageId: string; readonly chargeId: string }): Charge {
  const { usageId, chargeId } = answer;
  if (usage.status === 'unreported' || usage.status === 'parked') throw new NotYet(`usage ${usageId} is not rated yet`);
  if (usage.status !== 'rated') throw new Error(`usage ${usageId} is ${usage.status} already`);
  if (usage.charge.chargeId !== chargeId) throw new Error(`usage ${usageId} has no charge ${chargeId}`);
  return usage.charge;
}

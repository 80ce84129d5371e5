import { NotYet } from '@tokengrid/kernel';
import type { Charge, Usage } from '../state/usage.ts';

/**
 * The charge that the wallet's answer is about.
 * @throws NotYet for a use whose rating has not arrived; Error for an answer that is the second
 * one, or about another charge
 */
export function awaitedCharge(usage: Usage, answer: { readonly usageId: string; readonly chargeId: string }): Charge {
  const { usageId, chargeId } = answer;
  if (usage.status === 'unreported' || usage.status === 'parked') throw new NotYet(`usage ${usageId} is not rated yet`);
  if (usage.status !== 'rated') throw new Error(`usage ${usageId} is ${usage.status} already`);
  if (usage.charge.chargeId !== chargeId) throw new Error(`usage ${usageId} has no charge ${chargeId}`);
  return usage.charge;
}

import { type Advance, operatorPartyId, type RatedUse, UsageRated } from '@tokengrid/contracts';
import { ownUse } from '../rules/corrected-use.ts';
import type { Decided } from '../rules/decided.ts';
import { chargeIdOf } from '../rules/charge-id.ts';
import type { Payer } from '../state/payer.ts';

/** Source of uses that metering states itself: what the operator advanced. */
const advanceSource = 'tokengrid:advance';

/** Advances of the operator for one party, by an event of settlement. */
export interface ChargeAdvances {
  readonly partyId: string;
  /** Id and time of the event. */
  readonly accruedBy: string;
  readonly time: string;
  readonly advances: readonly (Advance & { readonly period: string })[];
}

/**
 * States what a party owes the operator for refunds of uses that it was paid for: a use of the
 * party's own each, which its wallet pays to the operator alone. What it does not cover waits.
 */
export function chargeAdvances(_payer: Payer, command: ChargeAdvances): Decided {
  const { partyId, advances } = command;
  return [UsageRated({ partyId, uses: advances.map((advance) => useOf(command, advance)) })];
}

function useOf(
  { partyId, accruedBy, time }: ChargeAdvances,
  { role, period, tokens }: ChargeAdvances['advances'][number],
): RatedUse {
  const use = ownUse(advanceSource, `${accruedBy} ${period} ${partyId} ${role}`, { time });
  return {
    ...{ ...use, chargeId: chargeIdOf(use.usageId), tokens, priceVersion: advanceSource, operatorBps: 10_000 },
    lines: [{ of: advanceSource, meter: 'advance', units: String(tokens), unitPrice: '1', tokens }],
    shares: [{ role: 'operator', partyId: operatorPartyId, tokens }],
  };
}

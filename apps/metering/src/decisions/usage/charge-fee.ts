import {
  basisPointsOf,
  type EventOf,
  feeUsageId,
  operatorPartyId,
  type SubscriptionRenewed,
  subscriptionSource,
  UsageRated,
} from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { chargeIdOf } from '../rules/charge-id.ts';
import type { Payer } from '../state/payer.ts';

type Renewed = EventOf<typeof SubscriptionRenewed>['data'];

/** A fee that is due: of a plan for a time, or of seats added to it. */
export interface ChargeFee extends Omit<Renewed, 'appId' | 'until' | 'monthlyFee' | 'seatFee' | 'seats' | 'credit'> {
  /** Name of the fee in the charge's line. */
  readonly meter: 'monthly_fee' | 'seat_fee';
  /** Shared wallet of which the subscriber is a member. */
  readonly memberOf?: string | undefined;
}

/**
 * States what a subscriber owes as the fee of its plan: a use of its own, which its wallet pays to
 * the operator and the developer.
 */
export function chargeFee(_payer: Payer, due: ChargeFee): Decided {
  const { subscriptionId, partyId, slug: app, planId: plan, version, developerId, operatorBps, from } = due;
  const { fee, meter, memberOf, key } = due;
  const usageId = feeUsageId(subscriptionId, from);
  const of = `app:${app}:${plan}`;
  const operators = basisPointsOf(fee, operatorBps);
  const use = {
    ...{ usageId, source: subscriptionSource, eventId: `${subscriptionId} ${from}`, reportedBy: operatorPartyId },
    ...{ time: from, app, plan, units: {}, chargeId: chargeIdOf(usageId), tokens: fee },
    priceVersion: `${of}@${version}`,
    lines: [{ of, meter, units: String(fee), unitPrice: '1', tokens: fee }],
    operatorBps,
    shares: [
      { role: 'operator' as const, partyId: operatorPartyId, tokens: operators },
      { role: 'developer' as const, partyId: developerId, tokens: fee - operators },
    ],
    ...(memberOf !== undefined && { memberOf }),
    ...(key !== undefined && { key }),
  };
  return [UsageRated({ partyId, uses: [use] })];
}

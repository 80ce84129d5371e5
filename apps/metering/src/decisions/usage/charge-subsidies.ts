import { derivedId, operatorPartyId, type RatedUse, UsageRated } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { chargeIdOf } from '../rules/charge-id.ts';
import type { Payer } from '../state/payer.ts';

/** Source of uses that metering states itself: what developers subsidise. */
export const subsidySource = 'tokengrid:subsidy';

/** Uses that one developer subsidises. */
export interface ChargeSubsidies {
  readonly developerId: string;
  readonly uses: readonly RatedUse[];
}

/**
 * States what a developer owes for uses that its app sells below the cost of their model: a use of
 * the developer's own each, which its wallet pays to the provider alone.
 */
export function chargeSubsidies(_payer: Payer, { developerId, uses }: ChargeSubsidies): Decided {
  return [UsageRated({ partyId: developerId, uses: uses.map(subsidyFor) })];
}

function subsidyFor(use: RatedUse): RatedUse {
  const { usageId: subsidyOf, time, app, plan, model, offer, priceVersion, subsidy, shares } = use;
  const provider = shares.find(({ role }) => role === 'provider');
  if (!subsidy || !provider) throw new Error(`${subsidyOf} is not subsidised`);
  const { tokens } = subsidy;
  // Of other parts than the ids of reported uses, so that no report can take it.
  const usageId = derivedId('usg', subsidySource, subsidyOf);
  return {
    ...{ usageId, source: subsidySource, eventId: subsidyOf, reportedBy: operatorPartyId, time, app, model, offer },
    // The subsidised use has counted them.
    units: {},
    ...{ chargeId: chargeIdOf(usageId), plan, tokens, priceVersion },
    lines: [{ of: `app:${app}:${plan}`, meter: 'subsidy', units: String(tokens), unitPrice: '1', tokens }],
    operatorBps: 0,
    shares: [{ role: 'provider', partyId: provider.partyId, tokens }],
    subsidyOf,
  };
}

import { type Manifest, type ManifestFault, scaled, wellKnownMeters } from '@tokengrid/contracts';
import { type AllowedEndpoints, endpointFaults } from './endpoint-faults.ts';

/**
 * Faults for which a version is not published, though its manifest is well formed and may stay a
 * draft. They need nothing but the manifest; `priceFaults` compares it with the market.
 */
export function publicationFaults(
  { endpoint, meters, plans, scopes, dataUse }: Manifest,
  allowedEndpoints: AllowedEndpoints = [],
): readonly ManifestFault[] {
  const isSaid = dataUse.some((use) => use.trim() !== '');
  return [
    ...endpointFaults(endpoint, allowedEndpoints),
    ...meters.flatMap(unfitReporter),
    ...plans.flatMap(dearerTiers),
    ...(scopes.length > 0 && !isSaid ? [{ code: 'APP_REGISTRY.DATA_USE_MISSING', pointer: '/dataUse' } as const] : []),
  ];
}

/** The gateway measures what passes through it, in units that mean the same everywhere. */
function unfitReporter({ name, reportedBy }: Manifest['meters'][number], index: number): ManifestFault[] {
  return reportedBy === 'gateway' && !wellKnownMeters.includes(name)
    ? [{ code: 'APP_REGISTRY.REPORTER_UNFIT', pointer: `/meters/${index}/reportedBy` }]
    : [];
}

/**
 * Tiers by which units that a gateway serves make earlier units dearer: no unit price bounds such a
 * use, so no slice could be offered for it (`boundsOf`).
 */
function dearerTiers({ prices }: Manifest['plans'][number], plan: number): ManifestFault[] {
  return prices.flatMap(({ meter, model, tiers = [] }, index) => {
    if (model !== 'volume' || !wellKnownMeters.includes(meter)) return [];
    return tiers.flatMap(({ unitPrice }, tier): ManifestFault[] =>
      tier > 0 && scaled(unitPrice) > scaled(tiers[tier - 1]!.unitPrice)
        ? [
            {
              code: 'APP_REGISTRY.TIER_DEARER',
              pointer: `/plans/${plan}/prices/${index}/tiers/${tier}/unitPrice`,
            },
          ]
        : [],
    );
  });
}

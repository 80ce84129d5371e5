import { type Manifest, type ManifestFault, wellKnownMeters } from '@tokengrid/contracts';
import { type AllowedEndpoints, endpointFaults } from './endpoint-faults.ts';

/**
 * Faults for which a version is not published, though its manifest is well formed and may stay a
 * draft. They need nothing but the manifest; `priceFaults` compares it with the market.
 */
export function publicationFaults(
  { endpoint, meters, scopes, dataUse }: Manifest,
  allowedEndpoints: AllowedEndpoints = [],
): readonly ManifestFault[] {
  const isSaid = dataUse.some((use) => use.trim() !== '');
  return [
    ...endpointFaults(endpoint, allowedEndpoints),
    ...meters.flatMap(unfitReporter),
    ...(scopes.length > 0 && !isSaid ? [{ code: 'APP_REGISTRY.DATA_USE_MISSING', pointer: '/dataUse' } as const] : []),
  ];
}

/** The gateway measures what passes through it, in units that mean the same everywhere. */
function unfitReporter({ name, reportedBy }: Manifest['meters'][number], index: number): ManifestFault[] {
  return reportedBy === 'gateway' && !wellKnownMeters.includes(name)
    ? [{ code: 'APP_REGISTRY.REPORTER_UNFIT', pointer: `/meters/${index}/reportedBy` }]
    : [];
}

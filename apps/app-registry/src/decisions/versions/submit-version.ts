import type { Manifest, ManifestFault } from '@tokengrid/contracts';
import { VersionRejected, VersionSubmitted } from '@tokengrid/contracts';
import {
  type AllowedEndpoints,
  manifestProblems,
  type OffersByModel,
  priceFaults,
  publicationFaults,
} from '@tokengrid/rating';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

export interface SubmitVersion extends OfVersion {
  /** The version's manifest. */
  readonly manifest: Manifest;
  /** Offers in force of the models that it lists. */
  readonly offers: OffersByModel;
  /** True if another developer's published app has a name that looks like that of this app. */
  readonly isNameConfusable: boolean;
  /** Origins that are allowed although they are not public. */
  readonly allowedEndpoints: AllowedEndpoints;
}

/** Maximum number of a rejection's faults. */
const mostFaults = 500;

/**
 * Submits a draft. The automatic checks run at once: a version that fails them is rejected, with
 * the faults to correct in the next one.
 */
export function submitVersion(state: App, command: SubmitVersion): Decided<'submitVersion'> {
  return ifVersionIs('draft', state, command, (_app, named) => {
    const faults = faultsOf(command).slice(0, mostFaults);
    return [faults.length === 0 ? VersionSubmitted(named) : VersionRejected({ ...named, faults })];
  });
}

function faultsOf({ manifest, offers, isNameConfusable, allowedEndpoints }: SubmitVersion): ManifestFault[] {
  return [
    ...manifestProblems(manifest),
    ...publicationFaults(manifest, allowedEndpoints),
    ...priceFaults(manifest, offers),
    ...(isNameConfusable ? [{ code: 'APP_REGISTRY.NAME_CONFUSABLE', pointer: '/name' } as const] : []),
  ];
}

import { AppRefused } from '@tokengrid/contracts';
import type { Decided } from './decided.ts';
import type { App, CreatedApp, VersionStatus } from '../state/app.ts';
import { isCreated } from '../state/app.ts';

/** The version of a command. */
export interface OfVersion {
  readonly appId: string;
  readonly version: number;
}

/** Common fields of a version's events. */
export interface VersionNamed extends OfVersion {
  readonly slug: string;
  readonly developerId: string;
}

/**
 * Decides about a version if it is where it has to be in its life, at one of the points given.
 * Refusals, in this order: no such app, no such version (both `NOT_FOUND`),
 * `APP_REGISTRY.VERSION_IN_OTHER_STATE`.
 */
export function ifVersionIs<Stated>(
  wanted: VersionStatus | readonly VersionStatus[],
  state: App,
  { appId, version }: OfVersion,
  decide: (app: CreatedApp, named: VersionNamed) => Stated,
): Stated | Decided<'submitVersion'> {
  const status = isCreated(state) ? state.versions[version - 1] : undefined;
  if (!isCreated(state) || status === undefined) return [AppRefused({ appId, code: 'NOT_FOUND' })];
  const allowed = [wanted].flat();
  if (!allowed.includes(status)) {
    const code = 'APP_REGISTRY.VERSION_IN_OTHER_STATE';
    return [AppRefused({ appId, code, version, versionStatus: status, allowed })];
  }
  const { slug, developerId } = state;
  return decide(state, { appId, slug, developerId, version });
}

import type { AppRegistryEvent } from '@tokengrid/contracts';
import { AppRefused } from '@tokengrid/contracts';
import type { App, CreatedApp, VersionStatus } from '../state/app.ts';
import { isCreated } from '../state/app.ts';

/** Which version a command is about. */
export interface OfVersion {
  readonly appId: string;
  readonly version: number;
}

/** What every event of a version says of it. */
export interface VersionNamed extends OfVersion {
  readonly slug: string;
  readonly developerId: string;
}

/** The refusal of a command about an app. */
export function appRefused(appId: string, code: string, detail: string): readonly AppRegistryEvent[] {
  return [AppRefused({ appId, code, detail })];
}

/**
 * Decides about a version if it is where it has to be in its life, at one of the points given.
 * Refusals, in this order: no such app, no such version (both `NOT_FOUND`), `APP_REGISTRY.VERSION_IN_OTHER_STATE`.
 */
export function ifVersionIs(
  wanted: VersionStatus | readonly VersionStatus[],
  state: App,
  { appId, version }: OfVersion,
  decide: (app: CreatedApp, named: VersionNamed) => readonly AppRegistryEvent[],
): readonly AppRegistryEvent[] {
  if (!isCreated(state)) return appRefused(appId, 'NOT_FOUND', 'there is no such app');
  const status = state.versions[version - 1];
  if (status === undefined) return appRefused(appId, 'NOT_FOUND', `the app has no version ${version}`);
  const points = [wanted].flat();
  if (!points.includes(status)) {
    const detail = `version ${version} is ${status}, and would have to be ${points.join(' or ')}`;
    return appRefused(appId, 'APP_REGISTRY.VERSION_IN_OTHER_STATE', detail);
  }
  const { slug, developerId } = state;
  return decide(state, { appId, slug, developerId, version });
}

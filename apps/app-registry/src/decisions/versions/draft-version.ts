import type { AppRegistryEvent, Manifest } from '@tokengrid/contracts';
import { VersionDrafted } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import { appRefused } from '../rules/versions.ts';

export interface DraftVersion {
  readonly appId: string;
  /** Without problems: those are errors of the request. */
  readonly manifest: Manifest;
}

/** Most versions that an app ever has. */
export const maxVersions = 1000;

/** Writes the next version of an app. A version is never rewritten; what has to change goes into the next one. */
export function draftVersion(state: App, { appId, manifest }: DraftVersion): readonly AppRegistryEvent[] {
  if (!isCreated(state)) return appRefused(appId, 'NOT_FOUND', 'there is no such app');
  if (state.versions.length >= maxVersions) {
    return appRefused(appId, 'APP_REGISTRY.TOO_MANY_VERSIONS', `an app has at most ${maxVersions} versions`);
  }
  const { slug, developerId, versions } = state;
  return [VersionDrafted({ appId, slug, developerId, version: versions.length + 1, manifest })];
}

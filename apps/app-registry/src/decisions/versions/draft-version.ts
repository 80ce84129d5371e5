import type { Manifest } from '@tokengrid/contracts';
import { AppRefused, VersionDrafted } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import type { Decided } from '../rules/decided.ts';

export interface DraftVersion {
  readonly appId: string;
  /** Without problems: those are errors of the request. */
  readonly manifest: Manifest;
}

/** Most versions that an app ever has. */
export const maxVersions = 1000;

/**
 * Writes the next version of an app. A version is never rewritten; what has to change goes into the
 * next one.
 */
export function draftVersion(state: App, { appId, manifest }: DraftVersion): Decided<'draftVersion'> {
  if (!isCreated(state)) return [AppRefused({ appId, code: 'NOT_FOUND' })];
  if (state.versions.length >= maxVersions) {
    return [AppRefused({ appId, code: 'APP_REGISTRY.TOO_MANY_VERSIONS' })];
  }
  const { slug, developerId, versions } = state;
  return [VersionDrafted({ appId, slug, developerId, version: versions.length + 1, manifest })];
}

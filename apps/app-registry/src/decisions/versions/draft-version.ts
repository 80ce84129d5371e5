import type { Manifest } from '@tokengrid/contracts';
import { AppRefused, VersionDrafted } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import type { Decided } from '../rules/decided.ts';

export interface DraftVersion {
  readonly appId: string;
  /** A valid manifest: problems are errors of the request. */
  readonly manifest: Manifest;
}

/** Maximum number of versions of an app. */
export const maxVersions = 1000;

/**
 * Drafts the next version of an app. A version is never rewritten; changes go into the next one.
 */
export function draftVersion(state: App, { appId, manifest }: DraftVersion): Decided<'draftVersion'> {
  if (!isCreated(state)) return [AppRefused({ appId, code: 'NOT_FOUND' })];
  if (state.versions.length >= maxVersions) {
    return [AppRefused({ appId, code: 'APP_REGISTRY.TOO_MANY_VERSIONS' })];
  }
  const { slug, developerId, versions } = state;
  return [VersionDrafted({ appId, slug, developerId, version: versions.length + 1, manifest })];
}

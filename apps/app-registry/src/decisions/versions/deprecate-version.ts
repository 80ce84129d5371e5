import { VersionDeprecated } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/** Deprecates a published version: it leaves the catalogue, and its subscriptions stay. */
export function deprecateVersion(state: App, command: OfVersion): Decided<'deprecateVersion'> {
  return ifVersionIs('published', state, command, (_app, named) => [VersionDeprecated(named)]);
}

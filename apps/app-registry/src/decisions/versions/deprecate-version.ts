import { VersionDeprecated } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/** Takes a published version out of the catalogue. Who subscribed to it stays subscribed. */
export function deprecateVersion(state: App, command: OfVersion): Decided<'deprecateVersion'> {
  return ifVersionIs('published', state, command, (_app, named) => [VersionDeprecated(named)]);
}

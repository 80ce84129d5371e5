import type { AppRegistryEvent } from '@tokengrid/contracts';
import { VersionDeprecated } from '@tokengrid/contracts';
import type { App } from './app.ts';
import type { OfVersion } from './version.ts';
import { ifVersionIs } from './version.ts';

/** Takes a published version out of the catalogue. Who subscribed to it stays subscribed. */
export function deprecateVersion(state: App, command: OfVersion): readonly AppRegistryEvent[] {
  return ifVersionIs('published', state, command, (_app, named) => [VersionDeprecated(named)]);
}

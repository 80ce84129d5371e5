import type { AppRegistryEvent } from '@tokengrid/contracts';
import { VersionApproved } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';

/** The operator lets a submitted version onto the network; its developer says when. */
export function approveVersion(state: App, command: OfVersion): readonly AppRegistryEvent[] {
  return ifVersionIs('submitted', state, command, (_app, named) => [VersionApproved(named)]);
}

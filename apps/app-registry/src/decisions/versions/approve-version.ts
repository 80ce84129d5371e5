import { VersionApproved } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/** The operator lets a submitted version onto the network; its developer says when. */
export function approveVersion(state: App, command: OfVersion): Decided<'approveVersion'> {
  return ifVersionIs('submitted', state, command, (_app, named) => [VersionApproved(named)]);
}

import { VersionApproved } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/** Approves a submitted version; its developer decides when to publish it. */
export function approveVersion(state: App, command: OfVersion): Decided<'approveVersion'> {
  return ifVersionIs('submitted', state, command, (_app, named) => [VersionApproved(named)]);
}

import { VersionRejected } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

export interface RejectVersion extends OfVersion {
  readonly reasons: readonly string[];
}

/**
 * The operator turns a submitted version down, and says why. It stays rejected; the next version
 * may do better.
 */
export function rejectVersion(state: App, command: RejectVersion): Decided<'rejectVersion'> {
  return ifVersionIs('submitted', state, command, (_app, named) => [
    VersionRejected({ ...named, reasons: [...command.reasons] }),
  ]);
}

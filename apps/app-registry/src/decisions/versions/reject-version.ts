import { VersionRejected } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

export interface RejectVersion extends OfVersion {
  readonly reasons: readonly string[];
}

/** Rejects a submitted version, with reasons. It stays rejected; the next version may be better. */
export function rejectVersion(state: App, command: RejectVersion): Decided<'rejectVersion'> {
  return ifVersionIs('submitted', state, command, (_app, named) => [
    VersionRejected({ ...named, reasons: [...command.reasons] }),
  ]);
}

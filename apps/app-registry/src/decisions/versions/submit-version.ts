import type { Manifest } from '@tokengrid/contracts';
import { VersionRejected, VersionSubmitted } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { manifestProblems } from './manifest-problems.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

export interface SubmitVersion extends OfVersion {
  /** The version's manifest. */
  readonly manifest: Manifest;
}

/** Maximum number of a rejection's faults. */
const mostFaults = 20;

/**
 * Submits a draft. The automatic checks run at once: a version that fails them is rejected, with
 * the faults to correct in the next one.
 */
export function submitVersion(state: App, command: SubmitVersion): Decided<'submitVersion'> {
  return ifVersionIs('draft', state, command, (_app, named) => {
    const faults = manifestProblems(command.manifest).slice(0, mostFaults);
    return [faults.length === 0 ? VersionSubmitted(named) : VersionRejected({ ...named, faults })];
  });
}

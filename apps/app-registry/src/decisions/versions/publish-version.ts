import type { Manifest } from '@tokengrid/contracts';
import { AppRefused, instantOf, VersionPublished } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { App } from '../state/app.ts';
import { effectiveTime } from '../rules/effective-time.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

export interface PublishVersion extends OfVersion {
  /** The version's manifest. */
  readonly manifest: Manifest;
  /** Epoch milliseconds; now if absent or past. */
  readonly effectiveFrom: number | undefined;
}

/**
 * Publishes an approved version: its prices are in force from then on, after those of the previous
 * version.
 */
export function publishVersion(
  state: App,
  command: PublishVersion,
  { time }: DecisionContext,
): Decided<'publishVersion'> {
  return ifVersionIs('approved', state, command, ({ status, name, scheduled }, named) => {
    const { appId, manifest, effectiveFrom } = command;
    if (status === 'suspended') return [AppRefused({ appId, code: 'APP_REGISTRY.APP_SUSPENDED' })];
    const after = scheduled.at(-1)?.effectiveFrom;
    const from = effectiveTime({ wanted: effectiveFrom, after, now: time });
    if (from === undefined) {
      const scheduledFor = instantOf(after!);
      return [AppRefused({ appId, code: 'APP_REGISTRY.VERSION_TOO_EARLY', scheduledFor })];
    }
    return [VersionPublished({ ...named, name, manifest, effectiveFrom: instantOf(from) })];
  });
}

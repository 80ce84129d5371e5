import type { AppRegistryEvent, Manifest } from '@tokengrid/contracts';
import { instantOf, VersionPublished } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { App } from '../state/app.ts';
import { effectiveTime } from '../rules/effective-time.ts';
import type { OfVersion } from '../rules/versions.ts';
import { appRefused, ifVersionIs } from '../rules/versions.ts';

export interface PublishVersion extends OfVersion {
  /** The version's own. */
  readonly manifest: Manifest;
  /** Epoch milliseconds; now, where nothing or a time that has passed is said. */
  readonly effectiveFrom: number | undefined;
}

/** Puts an approved version on the network: its prices are in force from then on, after those of the version before. */
export function publishVersion(
  state: App,
  command: PublishVersion,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  return ifVersionIs('approved', state, command, ({ status, name, scheduled }, named) => {
    const { appId, manifest, effectiveFrom } = command;
    if (status === 'suspended') return appRefused(appId, 'APP_REGISTRY.APP_SUSPENDED', 'the app is suspended');
    const after = scheduled.at(-1)?.effectiveFrom;
    const from = effectiveTime({ wanted: effectiveFrom, after, now: time });
    if (from === undefined) {
      return appRefused(
        appId,
        'APP_REGISTRY.VERSION_TOO_EARLY',
        `a version takes effect at ${instantOf(after!)}; this one has to follow it`,
      );
    }
    return [VersionPublished({ ...named, name, manifest, effectiveFrom: instantOf(from) })];
  });
}

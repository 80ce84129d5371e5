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
  /** Epoch milliseconds; the earliest time if absent or earlier. */
  readonly effectiveFrom: number | undefined;
  /**
   * Epoch milliseconds from which earlier subscriptions have its terms, the earliest time if absent
   * or earlier; null for never.
   */
  readonly subscriptionsFrom?: number | null | undefined;
  /** Least time ahead, of all versions but the first. */
  readonly noticeMs?: number;
  /** Least time between the version's effect and that on earlier subscriptions. */
  readonly subscriptionNoticeMs?: number;
}

/**
 * Publishes an approved version: its prices are in force from then on, after those of the previous
 * version. Subscriptions to earlier versions keep their terms until a stated time.
 */
export function publishVersion(
  state: App,
  command: PublishVersion,
  { time }: DecisionContext,
): Decided<'publishVersion'> {
  return ifVersionIs('approved', state, command, ({ status, name, scheduled }, named) => {
    const { appId, manifest, effectiveFrom, noticeMs = 0, subscriptionNoticeMs = 0 } = command;
    if (status === 'suspended') return [AppRefused({ appId, code: 'APP_REGISTRY.APP_SUSPENDED' })];
    const after = scheduled.at(-1)?.effectiveFrom;
    const from = effectiveTime({ wanted: effectiveFrom, after, now: time, noticeMs });
    if (from === undefined) {
      const scheduledFor = instantOf(after!);
      return [AppRefused({ appId, code: 'APP_REGISTRY.VERSION_TOO_EARLY', scheduledFor })];
    }
    const { subscriptionsFrom: wanted } = command;
    const earliest = from + subscriptionNoticeMs;
    const subscriptionsFrom = wanted === null ? null : instantOf(Math.max(wanted ?? earliest, earliest));
    return [VersionPublished({ ...named, name, manifest, effectiveFrom: instantOf(from), subscriptionsFrom })];
  });
}

import { AppRefused, VersionWithdrawn } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/** All stages but the end. */
const withdrawable = ['draft', 'submitted', 'approved', 'rejected', 'published', 'deprecated'] as const;

/**
 * Withdraws a version for good: one that was never published, whatever it is, and an announced one
 * until its time. A deprecated version, too, since its prices would come into force. Refused from
 * its time on: somebody may have subscribed to it or used it.
 */
export function withdrawVersion(state: App, command: OfVersion, { time }: DecisionContext): Decided<'withdrawVersion'> {
  return ifVersionIs(withdrawable, state, command, ({ scheduled, versions }, named) => {
    const { appId, version } = command;
    const status = versions[version - 1];
    if (status !== 'published' && status !== 'deprecated') return [VersionWithdrawn(named)];
    const announced = scheduled.some((other) => other.version === version && other.effectiveFrom > time);
    if (!announced) return [AppRefused({ appId, code: 'APP_REGISTRY.VERSION_IN_FORCE', version })];
    return [VersionWithdrawn(named)];
  });
}

import { AppRefused, VersionWithdrawn } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Withdraws an announced version for good; changes go into the next one. A deprecated version, too,
 * since its prices would come into force. Refused from its time on: somebody may have subscribed to
 * it or used it.
 */
export function withdrawVersion(state: App, command: OfVersion, { time }: DecisionContext): Decided<'withdrawVersion'> {
  return ifVersionIs(['published', 'deprecated'], state, command, ({ scheduled }, named) => {
    const { appId, version } = command;
    const announced = scheduled.some((other) => other.version === version && other.effectiveFrom > time);
    if (!announced) return [AppRefused({ appId, code: 'APP_REGISTRY.VERSION_IN_FORCE', version })];
    return [VersionWithdrawn(named)];
  });
}

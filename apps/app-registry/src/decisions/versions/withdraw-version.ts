import { AppRefused, VersionWithdrawn } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { App } from '../state/app.ts';
import type { OfVersion } from '../rules/versions.ts';
import { ifVersionIs } from '../rules/versions.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Takes back a version that was announced, for good: what has to change goes into the next one. A
 * deprecated one, too, because its prices would come into force. Refused from the moment of its
 * time on, because somebody may have subscribed to it or used it.
 */
export function withdrawVersion(state: App, command: OfVersion, { time }: DecisionContext): Decided<'withdrawVersion'> {
  return ifVersionIs(['published', 'deprecated'], state, command, ({ scheduled }, named) => {
    const { appId, version } = command;
    const announced = scheduled.some((other) => other.version === version && other.effectiveFrom > time);
    if (!announced) return [AppRefused({ appId, code: 'APP_REGISTRY.VERSION_IN_FORCE', version })];
    return [VersionWithdrawn(named)];
  });
}

import { AppRefused, AppSuspended } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import type { Decided } from '../rules/decided.ts';

export interface SuspendApp {
  readonly appId: string;
}

/**
 * Suspends an app by the operator: it leaves the catalogue, and takes no subscriptions or versions
 * until it is reinstated.
 */
export function suspendApp(state: App, { appId }: SuspendApp): Decided<'suspendApp'> {
  if (!isCreated(state)) return [AppRefused({ appId, code: 'NOT_FOUND' })];
  if (state.status === 'suspended') return [AppRefused({ appId, code: 'APP_REGISTRY.APP_SUSPENDED' })];
  const { slug, developerId } = state;
  return [AppSuspended({ appId, slug, developerId })];
}

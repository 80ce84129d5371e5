import type { AppRegistryEvent } from '@tokengrid/contracts';
import { AppSuspended } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import { appRefused } from '../rules/versions.ts';

export interface SuspendApp {
  readonly appId: string;
}

/** The operator takes an app out of the catalogue: nobody subscribes and nothing is published until it is reinstated. */
export function suspendApp(state: App, { appId }: SuspendApp): readonly AppRegistryEvent[] {
  if (!isCreated(state)) return appRefused(appId, 'NOT_FOUND', 'there is no such app');
  if (state.status === 'suspended')
    return appRefused(appId, 'APP_REGISTRY.APP_SUSPENDED', 'the app is suspended already');
  const { slug, developerId } = state;
  return [AppSuspended({ appId, slug, developerId })];
}

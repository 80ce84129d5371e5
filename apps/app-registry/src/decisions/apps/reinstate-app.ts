import type { AppRegistryEvent } from '@tokengrid/contracts';
import { AppReinstated } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import { appRefused } from '../rules/versions.ts';

export interface ReinstateApp {
  readonly appId: string;
}

/** Lifts an app's suspension: what was published is in the catalogue again. */
export function reinstateApp(state: App, { appId }: ReinstateApp): readonly AppRegistryEvent[] {
  if (!isCreated(state)) return appRefused(appId, 'NOT_FOUND', 'there is no such app');
  if (state.status === 'active') return appRefused(appId, 'APP_REGISTRY.APP_NOT_SUSPENDED', 'the app is not suspended');
  const { slug, developerId } = state;
  return [AppReinstated({ appId, slug, developerId })];
}

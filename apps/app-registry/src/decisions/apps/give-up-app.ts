import type { AppRegistryEvent } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import { lapsed } from '../rules/reservations.ts';
import { appRefused } from '../rules/versions.ts';

export interface GiveUpApp {
  readonly appId: string;
}

/**
 * Gives up an app that reserved a slug and came no further, so that somebody else may have the slug: from then on it can't be made.
 * No clock decides who is first, but this app's own stream.
 */
export function giveUpApp(state: App, { appId }: GiveUpApp): readonly AppRegistryEvent[] {
  if (isCreated(state)) return appRefused(appId, 'APP_REGISTRY.APP_EXISTS', 'the app exists');
  return appRefused(appId, lapsed.code, lapsed.detail);
}

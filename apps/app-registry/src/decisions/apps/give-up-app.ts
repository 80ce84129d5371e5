import { AppRefused } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import { lapsed } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

export interface GiveUpApp {
  readonly appId: string;
}

/**
 * Gives up an app that reserved a slug and came no further, so that somebody else may have the
 * slug: from then on it can't be made. No clock decides who is first, but this app's own stream.
 */
export function giveUpApp(state: App, { appId }: GiveUpApp): Decided<'giveUpApp'> {
  if (isCreated(state)) return [AppRefused({ appId, code: 'APP_REGISTRY.APP_EXISTS' })];
  return [AppRefused({ appId, ...lapsed })];
}

import { AppRefused } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import { lapsed } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

export interface GiveUpApp {
  readonly appId: string;
}

/**
 * Gives up an app that reserved a slug and got no further, so that another app may have the slug:
 * it can't be created any more. This app's own stream decides between the two, not a clock.
 */
export function giveUpApp(state: App, { appId }: GiveUpApp): Decided<'giveUpApp'> {
  if (isCreated(state)) return [AppRefused({ appId, code: 'APP_REGISTRY.APP_EXISTS' })];
  return [AppRefused({ appId, ...lapsed })];
}

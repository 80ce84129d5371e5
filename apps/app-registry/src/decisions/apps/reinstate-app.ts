import { AppRefused, AppReinstated } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import { isCreated } from '../state/app.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReinstateApp {
  readonly appId: string;
}

/** Lifts an app's suspension: it returns to the catalogue. */
export function reinstateApp(state: App, { appId }: ReinstateApp): Decided<'reinstateApp'> {
  if (!isCreated(state)) return [AppRefused({ appId, code: 'NOT_FOUND' })];
  if (state.status === 'active') return [AppRefused({ appId, code: 'APP_REGISTRY.APP_NOT_SUSPENDED' })];
  const { slug, developerId } = state;
  return [AppReinstated({ appId, slug, developerId })];
}

import type { AppRegistryEvent } from '@tokengrid/contracts';
import { AppCreated, AppRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { App } from './app.ts';
import { isCreated } from './app.ts';
import type { Reservation } from './reservation.ts';
import { refusalOf } from './reservation.ts';

export interface CreateApp {
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
  readonly name: string;
  /** What the slug's stream said. */
  readonly reservation: Reservation;
}

/** Makes an app, without versions as yet, if its slug is the developer's to use. */
export function createApp(
  state: App,
  { reservation, ...made }: CreateApp,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  const { appId } = made;
  const refusal = refusalOf(reservation, time);
  if (refusal) return [AppRefused({ appId, ...refusal })];
  if (isCreated(state)) return [AppRefused({ appId, code: 'APP.EXISTS', detail: 'the app exists already' })];
  return [AppCreated(made)];
}

import { AppCreated, AppRefused } from '@tokengrid/contracts';
import type { App } from '../state/app.ts';
import type { Reservation } from '../rules/reservations.ts';
import { lapsed, nameRefusal } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

export interface CreateApp {
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
  readonly name: string;
  /** Result of reserving the slug. */
  readonly reservation: Reservation;
}

/** Creates an app, without versions yet, if its slug is reserved for the developer. */
export function createApp(state: App, { reservation, ...made }: CreateApp): Decided<'createApp'> {
  const { appId } = made;
  const refusal = nameRefusal(reservation);
  if (refusal) return [AppRefused({ appId, ...refusal })];
  switch (state.status) {
    case 'none':
      return [AppCreated(made)];
    case 'refused':
      return [AppRefused({ appId, ...lapsed })];
    case 'active':
    case 'suspended':
      return [AppRefused({ appId, code: 'APP_REGISTRY.APP_EXISTS' })];
  }
}

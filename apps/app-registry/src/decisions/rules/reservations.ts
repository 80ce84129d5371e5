import type { NameKind } from '../state/name.ts';

/** Codes of a name that is somebody else's. */
export const takenCodes = { slug: 'APP_REGISTRY.SLUG_TAKEN', model: 'APP_REGISTRY.MODEL_NAME_TAKEN' } as const;

/** What a name's stream said about an app or model that is about to be made. */
export type Reservation<Kind extends NameKind> = 'reserved' | { readonly refused: (typeof takenCodes)[Kind] };

/** Why one can't be made that was given up. */
export const lapsed = { code: 'APP_REGISTRY.RESERVATION_LAPSED' } as const;

/** Why the name is not there for what is about to be made; `undefined` where it is. */
export const nameRefusal = <Kind extends NameKind>(reservation: Reservation<Kind>) =>
  reservation === 'reserved' ? undefined : { code: reservation.refused };

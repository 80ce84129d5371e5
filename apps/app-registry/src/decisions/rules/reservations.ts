import type { NameKind } from '../state/name.ts';

/** Codes of a name that another app or model has. */
export const takenCodes = { slug: 'APP_REGISTRY.SLUG_TAKEN', model: 'APP_REGISTRY.MODEL_NAME_TAKEN' } as const;

/** Codes of a name that looks like that of another app or model. */
export const confusableCodes = {
  slug: 'APP_REGISTRY.SLUG_CONFUSABLE',
  model: 'APP_REGISTRY.MODEL_NAME_CONFUSABLE',
} as const;

/** Result of reserving a name for an app or model under creation. */
export type Reservation<Kind extends NameKind> =
  'reserved' | { readonly refused: (typeof takenCodes)[Kind] | (typeof confusableCodes)[Kind] };

/** Reason for one that was given up. */
export const lapsed = { code: 'APP_REGISTRY.RESERVATION_LAPSED' } as const;

/** Refusal if the name is not reserved for this owner; `undefined` if it is. */
export const nameRefusal = <Kind extends NameKind>(reservation: Reservation<Kind>) =>
  reservation === 'reserved' ? undefined : { code: reservation.refused };

/** Result of reserving a slug for an app under creation. */
export type Reservation = 'reserved' | { readonly refused: 'APP_REGISTRY.SLUG_TAKEN' | 'APP_REGISTRY.SLUG_CONFUSABLE' };

/** Reason for one that was given up. */
export const lapsed = { code: 'APP_REGISTRY.RESERVATION_LAPSED' } as const;

/** Refusal if the slug is not reserved for this owner; `undefined` if it is. */
export const nameRefusal = (reservation: Reservation) =>
  reservation === 'reserved' ? undefined : { code: reservation.refused };

/** What a name's stream said about an app or model that is about to be made. */
export type Reservation = 'reserved' | { readonly refused: string };

/** Why an app or model can't be made. */
export interface MakingRefusal {
  readonly code: string;
  readonly detail: string;
}

/** Why one can't be made that was given up. */
export const lapsed: MakingRefusal = {
  code: 'APP_REGISTRY.RESERVATION_LAPSED',
  detail: 'the request was interrupted for too long; send it again with a new Idempotency-Key',
};

const details: Readonly<Record<string, string>> = {
  'APP_REGISTRY.SLUG_TAKEN': 'another app has this slug',
  'APP_REGISTRY.MODEL_NAME_TAKEN': 'another model has this name',
};

/** Why the name is not there for what is about to be made; `undefined` where it is. */
export function nameRefusal(reservation: Reservation): MakingRefusal | undefined {
  if (reservation === 'reserved') return undefined;
  const code = reservation.refused;
  return { code, detail: details[code] ?? 'the name was refused' };
}

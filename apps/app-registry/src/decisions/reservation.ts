/** What a name's stream said about an app or model that is about to be made. */
export type Reservation =
  /** Epoch milliseconds, by the name's lane. */
  { readonly reservedUntil: number } | { readonly refused: string };

const refusals: Readonly<Record<string, string>> = {
  SLUG_TAKEN: 'another app has this slug',
  MODEL_NAME_TAKEN: 'another model has this name',
};

/**
 * Why something can't be made under its name; `undefined` where it can. What comes after its reservation's end is refused too: from
 * then on the name may be somebody else's.
 */
export function refusalOf(
  reservation: Reservation,
  time: number,
): { readonly code: string; readonly detail: string } | undefined {
  if ('refused' in reservation) {
    const code = reservation.refused;
    return { code, detail: refusals[code] ?? 'the name was refused' };
  }
  if (time < reservation.reservedUntil) return undefined;
  return {
    code: 'RESERVATION_LAPSED',
    detail: 'the request was interrupted for too long; send it again with a new Idempotency-Key',
  };
}

/** What the contact's stream said about a party that wants to register. */
export type Reservation =
  /** Epoch milliseconds, by the contact's lane. */
  { readonly reservedUntil: number } | { readonly refused: string };

/** Why a party may not register, if so. */
export interface RegistrationRefusal {
  readonly code: string;
  readonly detail: string;
}

const refusals: Readonly<Record<string, string>> = {
  EMAIL_TAKEN: 'the e-mail address belongs to another registration',
  MSISDN_TAKEN: 'the phone number belongs to another registration',
};

/**
 * Why a registration is refused; `undefined` where it is not. One that comes after its reservation's end is refused too: from then on
 * the address or number may be somebody else's.
 */
export function refusalOf(reservation: Reservation, time: number): RegistrationRefusal | undefined {
  if ('refused' in reservation) {
    const code = reservation.refused;
    return { code, detail: refusals[code] ?? 'the registration was refused' };
  }
  if (time < reservation.reservedUntil) return undefined;
  return {
    code: 'REGISTRATION_LAPSED',
    detail: 'the registration was interrupted for too long; send it again with a new Idempotency-Key',
  };
}

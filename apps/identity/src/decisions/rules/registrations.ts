import type { Party } from '../state/party.ts';

/** What the contact's stream said about a party that wants to register. */
export type Reservation = 'reserved' | { readonly refused: string };

/** Why a party may not register. */
export interface RegistrationRefusal {
  readonly code: string;
  readonly detail: string;
}

/** Why one may not that was given up. */
export const lapsed: RegistrationRefusal = {
  code: 'IDENTITY.REGISTRATION_LAPSED',
  detail: 'the registration was interrupted for too long; send it again with a new Idempotency-Key',
};

const registered: RegistrationRefusal = {
  code: 'IDENTITY.ALREADY_REGISTERED',
  detail: 'the party has registered already',
};

const details: Readonly<Record<string, string>> = {
  'IDENTITY.EMAIL_TAKEN': 'the e-mail address belongs to another registration',
  'IDENTITY.MSISDN_TAKEN': 'the phone number belongs to another registration',
};

/** Why a registration is refused; `undefined` where it is not. */
export function registrationRefusal({ status }: Party, reservation: Reservation): RegistrationRefusal | undefined {
  if (reservation !== 'reserved') {
    const code = reservation.refused;
    return { code, detail: details[code] ?? 'the registration was refused' };
  }
  switch (status) {
    case 'unregistered':
      return undefined;
    case 'refused':
      return lapsed;
    case 'active':
    case 'suspended':
      return registered;
  }
}

import type { Party } from '../state/party.ts';

/** Codes of a contact that is somebody else's. */
export const takenCodes = { email: 'IDENTITY.EMAIL_TAKEN', msisdn: 'IDENTITY.MSISDN_TAKEN' } as const;

type ContactKind = keyof typeof takenCodes;

/** What the contact's stream said about a party that wants to register. */
export type Reservation<Kind extends ContactKind> = 'reserved' | { readonly refused: (typeof takenCodes)[Kind] };

/** Why one may not register that was given up. */
export const lapsed = { code: 'IDENTITY.REGISTRATION_LAPSED' } as const;

/** Why a registration is refused; `undefined` where it is not. */
export function registrationRefusal<Kind extends ContactKind>({ status }: Party, reservation: Reservation<Kind>) {
  if (reservation !== 'reserved') return { code: reservation.refused };
  switch (status) {
    case 'unregistered':
      return undefined;
    case 'refused':
      return lapsed;
    case 'active':
    case 'suspended':
      return { code: 'IDENTITY.ALREADY_REGISTERED' } as const;
  }
}

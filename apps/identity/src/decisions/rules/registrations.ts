import type { Party } from '../state/party.ts';

/** Codes of a contact that another party has. */
export const takenCodes = { email: 'IDENTITY.EMAIL_TAKEN', msisdn: 'IDENTITY.MSISDN_TAKEN' } as const;

type ContactKind = keyof typeof takenCodes;

/** Result of reserving a party's contact. */
export type Reservation<Kind extends ContactKind> = 'reserved' | { readonly refused: (typeof takenCodes)[Kind] };

/** Refusal of a registration that was given up. */
export const lapsed = { code: 'IDENTITY.REGISTRATION_LAPSED' } as const;

/** Refusal of a registration, if any. */
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

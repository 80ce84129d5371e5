import { createHmac } from 'node:crypto';

export type ContactKind = 'email' | 'msisdn';

/** An address or number in the one form by which it is compared. */
export function normalizedContact(kind: ContactKind, address: string): string {
  return kind === 'email' ? address.normalize('NFC').toLowerCase() : address;
}

/**
 * The id of a contact's stream: the same address has the same, and without the key nobody can tell the address from it, nor try
 * addresses out.
 */
export function contactStreamIdOf(key: Buffer, kind: ContactKind, address: string): string {
  const digest = createHmac('sha256', key)
    .update(`${kind}:${normalizedContact(kind, address)}`)
    .digest('hex');
  return `contact-${digest}`;
}

/** What a party is reached by: a subscriber by its number, an organization by its owner's e-mail address. */
export function contactKindOf(partyId: string): ContactKind {
  return partyId.startsWith('sub_') ? 'msisdn' : 'email';
}

import { createHmac } from 'node:crypto';

export type ContactKind = 'email' | 'msisdn';

/** An address or number in normal form, for comparison. */
function normalizedContact(kind: ContactKind, address: string): string {
  return kind === 'email' ? address.normalize('NFC').toLowerCase() : address;
}

/**
 * Id of a contact's stream: equal for equal addresses. Without the key nobody can derive the
 * address from it, nor test addresses.
 */
export function contactStreamIdOf(key: Buffer, kind: ContactKind, address: string): string {
  const digest = createHmac('sha256', key)
    .update(`${kind}:${normalizedContact(kind, address)}`)
    .digest('hex');
  return `contact-${digest}`;
}

/**
 * Kind of a party's contact: a subscriber's number, or the e-mail address of an organization's
 * owner.
 */
export function contactKindOf(partyId: string): ContactKind {
  return partyId.startsWith('sub_') ? 'msisdn' : 'email';
}

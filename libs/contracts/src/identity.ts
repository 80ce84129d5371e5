import { z } from 'zod';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { keyBudget, keyRights } from './identity/key-rights.ts';
import { oauthClientEvents, signingKeyEvents } from './identity/oauth.ts';
import { membershipEvents, personEvents } from './identity/people.ts';
import { contactHolderId, partyId, typeId } from './ids.ts';
import { codesOf } from './refusals/commands.ts';
import { identityRefusals } from './refusals/identity.ts';
import { encrypted, instant, keyHolderKind, text } from './vocabulary.ts';

const contactKind = z.enum(['email', 'msisdn']);

/**
 * In the stream `contact-<HMAC of kind and address>`: unique without revealing the address. After
 * `expiresAt` another registration may take the reservation, once the first has been given up.
 */
export const ContactReserved = event(
  'ContactReserved',
  'An e-mail address or phone number was reserved for a registration in progress.',
  z.strictObject({ kind: contactKind, partyId: contactHolderId, expiresAt: instant }),
);
export const ContactConfirmed = event(
  'ContactConfirmed',
  'The party of a reserved e-mail address or phone number registered.',
  z.strictObject({ kind: contactKind, partyId: contactHolderId }),
);
export const ContactReleased = event(
  'ContactReleased',
  'An e-mail address or phone number was released.',
  z.strictObject({ kind: contactKind, partyId: contactHolderId }),
);
export const ContactRefused = event(
  'ContactRefused',
  'A reservation of an e-mail address or phone number was refused: it is taken.',
  z.strictObject({
    kind: contactKind,
    code: codesOf(identityRefusals, 'reserveContact', 'confirmContact', 'releaseContact'),
  }),
);

export const OrganizationRegistered = event(
  'OrganizationRegistered',
  'A developer or provider registered, with its first user.',
  z.strictObject({
    partyId,
    kind: z.enum(['developer', 'provider']),
    name: encrypted,
    contactStreamId: text(120),
    owner: z.strictObject({ userId: text(40), name: encrypted, email: encrypted, passwordHash: encrypted }),
  }),
);
export const SubscriberRegistered = event(
  'SubscriberRegistered',
  'The operator registered a subscriber.',
  z.strictObject({
    ...{ partyId, name: encrypted, msisdn: encrypted, contactStreamId: text(120) },
    keyless: z.literal(true).optional(),
  }),
);

/** Maximum number of people in a key's lineage, its own person included. */
export const mostPeopleOfKey = 8;
/**
 * Maximum number of keys in a key's lineage, itself included. Rotations make them more than the
 * people: one a week for nine years.
 */
export const mostKeysInLine = 500;

export const ApiKeyIssued = event(
  'ApiKeyIssued',
  'A party got an API key; only the SHA-256 of its secret is kept.',
  z.strictObject({
    keyId: text(40),
    partyId,
    partyKind: keyHolderKind,
    /**
     * The key that requested it. Absent for a party's first key, and if a key requested its own
     * successor.
     */
    mintedBy: text(40).optional(),
    /** The key that it succeeds. */
    succeeds: text(40).optional(),
    /** The key that it was minted from: it may never do more, and ends with it. */
    parent: text(40).optional(),
    name: text(100),
    /** Hex SHA-256 of the whole secret. Secrets have 256 random bits and need no salt. */
    secretHash: z.string().regex(/^[0-9a-f]{64}$/),
    scopes: z.array(text(80)).max(100),
    expiresAt: instant.nullable(),
    ...keyRights,
    /** A successor spends under the budget of its predecessor, and states none. */
    budget: keyBudget.optional(),
  }),
);
/** Follows the `ApiKeyIssued` of the successor. */
export const ApiKeyRotated = event(
  'ApiKeyRotated',
  'A key got a successor, and ends after the overlap.',
  z.strictObject({ keyId: text(40), partyId, newKeyId: text(40), expiresAt: instant }),
);
/** Follows the `ApiKeyRotated` of the key that it was minted from. */
export const ApiKeyShortened = event(
  'ApiKeyShortened',
  'A key ends earlier than it was to, because the key that it was minted from does.',
  z.strictObject({ keyId: text(40), partyId, expiresAt: instant }),
);
/**
 * Also for a key that had ended: ended keys are removed when the next key is issued. The keys that
 * were minted from it follow.
 */
export const ApiKeyRevoked = event('ApiKeyRevoked', 'A key was revoked.', z.strictObject({ keyId: text(40), partyId }));
export const ApiKeyRefused = event(
  'ApiKeyRefused',
  'A key could not be issued, rotated or revoked.',
  z.strictObject({
    partyId,
    keyId: text(40).optional(),
    code: codesOf(identityRefusals, 'issueApiKey', 'rotateApiKey', 'revokeApiKey'),
  }),
);

export const PartySuspended = event(
  'PartySuspended',
  'The operator suspended a party: its keys stop working everywhere.',
  z.strictObject({ partyId, reason: text(500).optional() }),
);
export const PartyReinstated = event(
  'PartyReinstated',
  'The operator lifted a suspension.',
  z.strictObject({ partyId }),
);
export const PersonalDataErased = event(
  'PersonalDataErased',
  "The encryption keys of a party's personal data were destroyed: its personal data in the log can't be read any more.",
  z.strictObject({ partyId, personIds: z.array(text(40)), contactStreamId: text(120) }),
);
/** Its actor is who read it: the operator's person, or an app for its caller. */
export const PersonalDataRead = event(
  'PersonalDataRead',
  'Personal data of a party was read by somebody else than the party.',
  z.strictObject({
    partyId,
    fields: z
      .array(z.enum(['name', 'msisdn', 'people']))
      .min(1)
      .max(3),
    appId: typeId('app').optional(),
  }),
);
export const PartyRefused = event(
  'PartyRefused',
  'A command to a party was refused in its current state.',
  z.strictObject({
    partyId,
    code: codesOf(
      identityRefusals,
      'registerOrganization',
      'registerSubscriber',
      'giveUpRegistration',
      'suspendParty',
      'reinstateParty',
      'erasePersonalData',
    ),
  }),
);

/** Owners of e-mail addresses and phone numbers. */
export const contactEvents = [ContactReserved, ContactConfirmed, ContactReleased, ContactRefused] as const;
/** Registrations. */
export const registrationEvents = [OrganizationRegistered, SubscriberRegistered] as const;
/** API keys, from their issue to their end. */
export const apiKeyEvents = [ApiKeyIssued, ApiKeyRotated, ApiKeyShortened, ApiKeyRevoked, ApiKeyRefused] as const;
/** Later events of a party. */
export const partyEvents = [
  PartySuspended,
  PartyReinstated,
  PersonalDataErased,
  PersonalDataRead,
  PartyRefused,
] as const;

export const identityEvents = [
  ...contactEvents,
  ...registrationEvents,
  ...apiKeyEvents,
  ...partyEvents,
  ...oauthClientEvents,
  ...signingKeyEvents,
  ...personEvents,
  ...membershipEvents,
] as const;
export type IdentityEvent = EventOf<(typeof identityEvents)[number]>;
export const identityCatalogue = catalogue('identity', identityEvents, {
  outsideUse: 'parties and keys',
  grant: 'nobody outside: hashes of keys, encrypted personal data',
});

import { argument, type Codes, inEvents, refused } from './code.ts';
import type { Refusals } from './commands.ts';

/** Codes of identity. */
export const identityCodes = {
  'IDENTITY.EMAIL_TAKEN': refused(
    409,
    'the e-mail address belongs to another registration',
    'The e-mail address belongs to another registration, completed or in progress.',
  ),
  'IDENTITY.MSISDN_TAKEN': refused(
    409,
    'the phone number belongs to another registration',
    'The phone number belongs to another registration, completed or in progress.',
  ),
  'IDENTITY.REGISTRATION_LAPSED': refused(
    409,
    'the registration was interrupted for too long; send it again with a new Idempotency-Key',
    'The registration was interrupted for so long that its e-mail address or phone number was released. Register again, with a new Idempotency-Key.',
  ),
  'IDENTITY.ALREADY_REGISTERED': refused(
    409,
    'the party is already registered',
    'The organization or subscriber is already registered.',
  ),
  'IDENTITY.CONTACT_NOT_HELD': inEvents(
    'An e-mail address or phone number was to be confirmed or released for a party that does not hold it.',
  ),
  'IDENTITY.EXPIRY_PASSED': argument(
    '/expiresAt',
    'must be in the future',
    'The key would expire before it is issued.',
  ),
  'IDENTITY.TOO_MANY_API_KEYS': refused(
    409,
    'the party has the maximum number of API keys; revoke one first',
    'The party has the maximum number of API keys. Revoke one first.',
  ),
  'IDENTITY.API_KEY_LINE_TOO_LONG': refused(
    409,
    "the key's lineage would have too many people or keys; use a key with a shorter one",
    "A key's lineage has at most 8 people (who requested the key, who requested theirs, and so on) and 500 keys. Use a key with a shorter lineage.",
  ),
  'IDENTITY.API_KEY_NOT_ACTIVE': refused(
    409,
    'the key is revoked or expired',
    'The key is revoked or expired: it can be neither rotated nor revoked.',
  ),
  'IDENTITY.API_KEY_ALREADY_ROTATED': refused(
    409,
    'the key already has a successor',
    'The key already has a successor. Rotate that one.',
  ),
  'IDENTITY.PARTY_SUSPENDED': refused(409, 'the party is already suspended', 'The party is already suspended.'),
  'IDENTITY.PARTY_NOT_SUSPENDED': refused(409, 'the party is not suspended', 'The party is not suspended.'),
  'IDENTITY.PARTY_ERASED': refused(
    409,
    "the party's personal data is already erased",
    "The party's personal data is already erased.",
  ),
} satisfies Codes;

/** Refusals of identity's commands, in the order in which they are tried. */
export const identityRefusals = {
  reserveContact: ['IDENTITY.EMAIL_TAKEN', 'IDENTITY.MSISDN_TAKEN'],
  confirmContact: ['IDENTITY.CONTACT_NOT_HELD'],
  releaseContact: ['IDENTITY.CONTACT_NOT_HELD'],
  registerOrganization: ['IDENTITY.EMAIL_TAKEN', 'IDENTITY.REGISTRATION_LAPSED', 'IDENTITY.ALREADY_REGISTERED'],
  registerSubscriber: ['IDENTITY.MSISDN_TAKEN', 'IDENTITY.REGISTRATION_LAPSED', 'IDENTITY.ALREADY_REGISTERED'],
  giveUpRegistration: ['IDENTITY.ALREADY_REGISTERED', 'IDENTITY.REGISTRATION_LAPSED'],
  issueApiKey: ['NOT_FOUND', 'IDENTITY.EXPIRY_PASSED', 'IDENTITY.API_KEY_LINE_TOO_LONG', 'IDENTITY.TOO_MANY_API_KEYS'],
  rotateApiKey: [
    'IDENTITY.API_KEY_NOT_ACTIVE',
    'IDENTITY.API_KEY_ALREADY_ROTATED',
    'IDENTITY.API_KEY_LINE_TOO_LONG',
    'IDENTITY.TOO_MANY_API_KEYS',
  ],
  revokeApiKey: ['IDENTITY.API_KEY_NOT_ACTIVE'],
  suspendParty: ['NOT_FOUND', 'IDENTITY.PARTY_SUSPENDED'],
  reinstateParty: ['NOT_FOUND', 'IDENTITY.PARTY_NOT_SUSPENDED'],
  erasePersonalData: ['NOT_FOUND', 'IDENTITY.PARTY_ERASED'],
} as const satisfies Refusals<keyof typeof identityCodes>;

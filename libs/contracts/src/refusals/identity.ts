import { argument, type Codes, inEvents, refused } from './code.ts';
import type { Refusals } from './commands.ts';

/** Codes of identity. */
export const identityCodes = {
  'IDENTITY.EMAIL_TAKEN': refused(
    409,
    'the e-mail address belongs to another registration',
    'Somebody has registered, or is registering, with this e-mail address.',
  ),
  'IDENTITY.MSISDN_TAKEN': refused(
    409,
    'the phone number belongs to another registration',
    'Somebody has registered, or is being registered, with this phone number.',
  ),
  'IDENTITY.REGISTRATION_LAPSED': refused(
    409,
    'the registration was interrupted for too long; send it again with a new Idempotency-Key',
    'The registration was interrupted for so long that its e-mail address or phone number was set free. Register again, with a new Idempotency-Key.',
  ),
  'IDENTITY.ALREADY_REGISTERED': refused(
    409,
    'the party has registered already',
    'The organization or subscriber is registered already.',
  ),
  'IDENTITY.CONTACT_NOT_HELD': inEvents(
    'An e-mail address or phone number was to be confirmed or released by a party that does not hold it.',
  ),
  'IDENTITY.EXPIRY_PASSED': argument(
    '/expiresAt',
    'must be a time to come',
    'A key would have expired before it was issued.',
  ),
  'IDENTITY.TOO_MANY_API_KEYS': refused(
    409,
    'the party has as many API keys as it may have at a time; revoke one first',
    'The party has as many API keys as it may have at a time. Revoke one first.',
  ),
  'IDENTITY.API_KEY_LINE_TOO_LONG': refused(
    409,
    'the key would go back to more people or keys than a key may; use one that goes back to fewer',
    'A key goes back to at most 8 people (which key asked for it, which for that one, and so on) and 500 keys. Ask with a key that goes back to fewer.',
  ),
  'IDENTITY.API_KEY_NOT_ACTIVE': refused(
    409,
    'the key is revoked or has expired',
    'The key is revoked or has expired, so that it can be neither rotated nor revoked.',
  ),
  'IDENTITY.API_KEY_ALREADY_ROTATED': refused(
    409,
    'the key has a successor already',
    'The key has a successor already. Rotate that one.',
  ),
  'IDENTITY.PARTY_SUSPENDED': refused(409, 'the party is suspended already', 'The party is suspended already.'),
  'IDENTITY.PARTY_NOT_SUSPENDED': refused(
    409,
    'the party is not suspended',
    'The party is not suspended, so there is nothing to lift.',
  ),
  'IDENTITY.PARTY_ERASED': refused(
    409,
    "the party's personal data are erased already",
    "The party's personal data have been erased already.",
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

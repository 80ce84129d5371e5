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
  'IDENTITY.SCOPES_WIDER': argument(
    '/scopes',
    'must be scopes of the key that mints it',
    'A minted key may have only scopes of the key that it is minted from.',
  ),
  'IDENTITY.MODELS_WIDER': argument(
    '/models',
    'must be within the models of the key that mints it',
    'A minted key may use only models of the key that it is minted from. Without models it has the same.',
  ),
  'IDENTITY.APPS_WIDER': argument(
    '/apps',
    'must be within the apps of the key that mints it',
    'A minted key may use only apps of the key that it is minted from. Without apps it has the same.',
  ),
  'IDENTITY.EXPIRY_LATER': argument(
    '/expiresAt',
    'must not be later than the end of the key that mints it',
    'A minted key ends no later than the key that it is minted from.',
  ),
  'IDENTITY.REQUESTS_HIGHER': argument(
    '/requestsPerMinute',
    'must not be more than the key that mints it may send',
    'A minted key has at most the requests per minute of the key that it is minted from, and counts towards them.',
  ),
  'IDENTITY.UNITS_HIGHER': argument(
    '/unitsPerMinute',
    'must not be more than the key that mints it may use',
    'A minted key has at most the units per minute of the key that it is minted from, and counts towards them.',
  ),
  'IDENTITY.STREAMS_HIGHER': argument(
    '/streams',
    'must not be more than the key that mints it may have',
    'A minted key has at most the streams at once of the key that it is minted from, and counts towards them.',
  ),
  'IDENTITY.BUDGET_HIGHER': argument(
    '/budget',
    'must not be more than the budget of the key that mints it',
    'A minted key has at most the budget of the key that it is minted from, and spends out of it.',
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
    'The key is revoked or expired: it can be neither rotated nor revoked, and no key can be minted from it.',
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
  'IDENTITY.API_KEY_LIMITED': refused(
    409,
    'the API key has limits or an end; use a key without any',
    'An OAuth client and a member stand by themselves, so a key with limits, an end or a parent makes none.',
  ),
  'IDENTITY.TOO_MANY_OAUTH_CLIENTS': refused(
    409,
    'the party has the maximum number of OAuth clients; delete one first',
    'The party has the maximum number of OAuth clients. Delete one first.',
  ),
  'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE': refused(
    409,
    'the OAuth client is deleted',
    'The OAuth client is deleted: it gets no secret and can be deleted once only.',
  ),
  'IDENTITY.OAUTH_CLIENT_WITHOUT_SECRET': refused(
    409,
    'the OAuth client has public keys and no secret',
    'The OAuth client proves itself by its keys and has no secret to rotate. Register another one with other keys.',
  ),
  'IDENTITY.EMAIL_ALREADY_PROVED': refused(
    409,
    'the e-mail address is already proved',
    'The person has proved the e-mail address already.',
  ),
  'IDENTITY.CODE_TOO_SOON': refused(
    409,
    'a code was sent a moment ago; wait a minute before the next one',
    'A code was sent less than a minute ago. Look for it, or ask again later.',
  ),
  'IDENTITY.CODE_EXPIRED': refused(
    409,
    'the code is expired, used, or was guessed too often; ask for another one',
    'The code works once, for 15 minutes and for 5 attempts. Ask for another one.',
  ),
  'IDENTITY.CODE_WRONG': refused(409, 'the code is wrong', 'The code is not the one that was sent last.'),
  'IDENTITY.SIGN_IN_LOCKED': refused(
    409,
    'too many wrong passwords; try again later',
    'After 5 wrong passwords in a row sign-in is locked for 30 seconds, for twice as long after each further one, and for an hour at most.',
  ),
  'IDENTITY.PASSWORD_WRONG': refused(409, 'the password is wrong', "The password is not the person's."),
  'IDENTITY.PERSON_ERASED': refused(409, 'the person is erased', "The person's data is erased."),
  'IDENTITY.PERSON_OWNS_ORGANIZATION': refused(
    409,
    "the organization that the person registered needs their data; erase the organization's personal data",
    "The person registered an organization, whose name and address are under the person's key. Erase the personal data of that organization, which erases the person, too.",
  ),
  'IDENTITY.ALREADY_MEMBER': refused(
    409,
    'the person is a member already',
    'The person is a member of the party already.',
  ),
  'IDENTITY.TOO_MANY_PEOPLE': refused(
    409,
    'the party has the maximum number of members and open invitations; end one first',
    'A party has at most 200 members and open invitations. End one first.',
  ),
  'IDENTITY.INVITATION_NOT_OPEN': refused(
    409,
    'the invitation is accepted, withdrawn or expired; ask for another one',
    'An invitation is accepted once, within 7 days, with the secret that was sent. Ask for another one.',
  ),
  'IDENTITY.NOT_A_MEMBER': refused(409, 'the person is no member', 'The person is no member of the party.'),
  'IDENTITY.LAST_OWNER': refused(
    409,
    'the person is the last owner; make another one first',
    'An organization keeps an owner. Make another person an owner first.',
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
  issueApiKey: [
    'NOT_FOUND',
    'IDENTITY.API_KEY_NOT_ACTIVE',
    'IDENTITY.EXPIRY_PASSED',
    'IDENTITY.SCOPES_WIDER',
    'IDENTITY.MODELS_WIDER',
    'IDENTITY.APPS_WIDER',
    'IDENTITY.EXPIRY_LATER',
    'IDENTITY.REQUESTS_HIGHER',
    'IDENTITY.UNITS_HIGHER',
    'IDENTITY.STREAMS_HIGHER',
    'IDENTITY.BUDGET_HIGHER',
    'IDENTITY.API_KEY_LINE_TOO_LONG',
    'IDENTITY.TOO_MANY_API_KEYS',
  ],
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
  registerOauthClient: [
    'NOT_FOUND',
    'IDENTITY.API_KEY_NOT_ACTIVE',
    'IDENTITY.API_KEY_LIMITED',
    'IDENTITY.API_KEY_LINE_TOO_LONG',
    'IDENTITY.TOO_MANY_OAUTH_CLIENTS',
  ],
  rotateClientSecret: ['IDENTITY.OAUTH_CLIENT_NOT_ACTIVE', 'IDENTITY.OAUTH_CLIENT_WITHOUT_SECRET'],
  deleteOauthClient: ['IDENTITY.OAUTH_CLIENT_NOT_ACTIVE'],
  revokeAccessToken: ['IDENTITY.OAUTH_CLIENT_NOT_ACTIVE'],
  registerPerson: [
    'IDENTITY.EMAIL_TAKEN',
    'IDENTITY.REGISTRATION_LAPSED',
    'IDENTITY.PERSON_ERASED',
    'IDENTITY.ALREADY_REGISTERED',
  ],
  giveUpPerson: ['IDENTITY.ALREADY_REGISTERED', 'IDENTITY.REGISTRATION_LAPSED'],
  requestEmailProof: ['NOT_FOUND', 'IDENTITY.EMAIL_ALREADY_PROVED', 'IDENTITY.CODE_TOO_SOON'],
  proveEmail: ['NOT_FOUND', 'IDENTITY.EMAIL_ALREADY_PROVED', 'IDENTITY.CODE_EXPIRED', 'IDENTITY.CODE_WRONG'],
  signIn: ['NOT_FOUND', 'IDENTITY.SIGN_IN_LOCKED', 'IDENTITY.PASSWORD_WRONG'],
  changePassword: ['NOT_FOUND'],
  erasePerson: ['IDENTITY.PERSON_ERASED', 'IDENTITY.PERSON_OWNS_ORGANIZATION'],
  invitePerson: ['NOT_FOUND', 'IDENTITY.API_KEY_LIMITED', 'IDENTITY.ALREADY_MEMBER', 'IDENTITY.TOO_MANY_PEOPLE'],
  withdrawInvitation: ['IDENTITY.INVITATION_NOT_OPEN'],
  acceptInvitation: ['IDENTITY.INVITATION_NOT_OPEN', 'IDENTITY.ALREADY_MEMBER'],
  addOwner: ['NOT_FOUND', 'IDENTITY.ALREADY_MEMBER'],
  changeRole: ['IDENTITY.NOT_A_MEMBER', 'IDENTITY.LAST_OWNER'],
  endMembership: ['IDENTITY.NOT_A_MEMBER', 'IDENTITY.LAST_OWNER'],
} as const satisfies Refusals<keyof typeof identityCodes>;

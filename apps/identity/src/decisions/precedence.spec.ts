import { describe, expect, it } from '@jest/globals';
import {
  ApiKeyRevoked,
  ApiKeyRotated,
  ContactConfirmed,
  ContactReserved,
  identityRefusals,
  instantOf,
  mostKeysInLine,
  OauthClientDeleted,
  PartyRefused,
  PartySuspended,
  PersonalDataErased,
} from '@tokengrid/contracts';
import type { IdentityEvent } from '@tokengrid/contracts';
import { precedenceCases, someContext } from '@tokengrid/kernel';
import { issueApiKey } from './api-keys/issue-api-key.ts';
import { revokeApiKey } from './api-keys/revoke-api-key.ts';
import { rotateApiKey } from './api-keys/rotate-api-key.ts';
import { confirmContact } from './contacts/confirm-contact.ts';
import { releaseContact } from './contacts/release-contact.ts';
import { reserveContact } from './contacts/reserve-contact.ts';
import {
  clientNumber,
  clientRegistered,
  contactStreamId,
  keyedClient,
  keyIssued,
  keyNumber,
  organization,
  organizationRegistered,
  orgId,
  otherOrgId,
  subId,
  subscriber,
  subscriberRegistered,
  userId,
} from './examples.fixture.ts';
import { membershipCases } from './memberships/precedence.fixture.ts';
import { peopleCases } from './people/precedence.fixture.ts';
import { deleteOauthClient } from './oauth-clients/delete-oauth-client.ts';
import { maxOauthClients, registerOauthClient } from './oauth-clients/register-oauth-client.ts';
import { revokeAccessToken } from './oauth-clients/revoke-access-token.ts';
import { rotateClientSecret } from './oauth-clients/rotate-client-secret.ts';
import { erasePersonalData } from './parties/erase-personal-data.ts';
import { reinstateParty } from './parties/reinstate-party.ts';
import { suspendParty } from './parties/suspend-party.ts';
import { giveUpRegistration } from './registrations/give-up-registration.ts';
import { registerOrganization } from './registrations/register-organization.ts';
import { registerSubscriber } from './registrations/register-subscriber.ts';
import { maxApiKeys } from './rules/api-keys.ts';
import { contact } from './state/contact.ts';
import { party } from './state/party.ts';

const now = someContext.time;
const { keyId } = keyNumber(1);
const suspended = PartySuspended({ partyId: orgId });
const erased = PersonalDataErased({ partyId: orgId, personIds: [userId], contactStreamId });
const taken = (partyId: string) => [
  ContactReserved({ kind: 'email', partyId, expiresAt: instantOf(now) }),
  ContactConfirmed({ kind: 'email', partyId }),
];
const nothing = { given: () => [] };
const others = { given: () => taken(otherOrgId) };
const manyKeys = Array.from({ length: maxApiKeys - 1 }, (_, index) => keyIssued(index + 10));
const tooLong = { descent: { mintedBy: keyId, people: 1, keys: mostKeysInLine + 1 } };

const lapsed = (partyId: string) => PartyRefused({ partyId, code: 'IDENTITY.REGISTRATION_LAPSED' });
const asked = {
  expiresAt: now + 1000,
  rights: { models: ['qwen'], apps: ['tea-shop'], requestsPerMinute: 10, unitsPerMinute: 10, streams: 10 },
  budget: { total: 10n },
};
const issue = { partyId: orgId, key: keyNumber(2, asked), descent: { mintedBy: keyId, people: 1, keys: 1 } };
/** The key that requests the other one has a limit. */
const minterWith = (limit: object) => ({
  given: (history: readonly IdentityEvent[]) =>
    history.map((event) =>
      event.type === 'ApiKeyIssued' && event.data.keyId === keyId
        ? { ...event, data: { ...event.data, ...limit } }
        : event,
    ),
});
const rotate = {
  partyId: orgId,
  keyId,
  newKeyId: keyNumber(2).keyId,
  secretHash: keyNumber(2).secretHash,
  overlapMs: 60_000,
  descent: { people: 1, keys: 2 },
};
const { clientId } = clientNumber(1);
const ofClient = { partyId: orgId, clientId };
const withClient = [organizationRegistered, keyIssued(1), clientRegistered(1)];
const manyClients = Array.from({ length: maxOauthClients }, (_, index) => clientRegistered(index + 10));
const rotated = ApiKeyRotated({ keyId, partyId: orgId, newKeyId: keyNumber(3).keyId, expiresAt: instantOf(now + 1) });

/**
 * A state and command for each declared refusal of each command. Without one for a declared command
 * or code, this does not compile.
 */
const cases = {
  reserveContact: precedenceCases(
    {
      ...{ aggregate: contact, decide: reserveContact, given: [] },
      when: { kind: 'email', partyId: orgId, reservedForMs: 1000, givenUpPartyId: undefined },
    },
    identityRefusals.reserveContact,
    {
      'IDENTITY.EMAIL_TAKEN': others,
      'IDENTITY.MSISDN_TAKEN': { ...others, when: { kind: 'msisdn' } },
    },
    ['IDENTITY.EMAIL_TAKEN | IDENTITY.MSISDN_TAKEN'],
  ),
  confirmContact: precedenceCases(
    { aggregate: contact, decide: confirmContact, given: taken(orgId), when: { kind: 'email', partyId: orgId } },
    identityRefusals.confirmContact,
    { 'IDENTITY.CONTACT_NOT_HELD': others },
  ),
  releaseContact: precedenceCases(
    { aggregate: contact, decide: releaseContact, given: taken(orgId), when: { kind: 'email', partyId: orgId } },
    identityRefusals.releaseContact,
    { 'IDENTITY.CONTACT_NOT_HELD': others },
  ),
  registerOrganization: precedenceCases(
    {
      ...{ aggregate: party, decide: registerOrganization, given: [] },
      when: { ...organization, firstKey: keyNumber(1), reservation: 'reserved' },
    },
    identityRefusals.registerOrganization,
    {
      'IDENTITY.EMAIL_TAKEN': { when: { reservation: { refused: 'IDENTITY.EMAIL_TAKEN' } } },
      'IDENTITY.REGISTRATION_LAPSED': { given: [lapsed(orgId)] },
      'IDENTITY.ALREADY_REGISTERED': { given: [organizationRegistered] },
    },
    ['IDENTITY.REGISTRATION_LAPSED | IDENTITY.ALREADY_REGISTERED'],
  ),
  registerSubscriber: precedenceCases(
    {
      ...{ aggregate: party, decide: registerSubscriber, given: [] },
      when: { ...subscriber, firstKey: keyNumber(1), reservation: 'reserved' },
    },
    identityRefusals.registerSubscriber,
    {
      'IDENTITY.MSISDN_TAKEN': { when: { reservation: { refused: 'IDENTITY.MSISDN_TAKEN' } } },
      'IDENTITY.REGISTRATION_LAPSED': { given: [lapsed(subId)] },
      'IDENTITY.ALREADY_REGISTERED': { given: [subscriberRegistered] },
    },
    ['IDENTITY.REGISTRATION_LAPSED | IDENTITY.ALREADY_REGISTERED'],
  ),
  issueApiKey: precedenceCases(
    { aggregate: party, decide: issueApiKey, given: [organizationRegistered, keyIssued(1)], when: issue },
    identityRefusals.issueApiKey,
    {
      NOT_FOUND: nothing,
      'IDENTITY.API_KEY_NOT_ACTIVE': { given: [ApiKeyRevoked({ keyId, partyId: orgId })] },
      'IDENTITY.EXPIRY_PASSED': { when: { key: keyNumber(2, { ...asked, expiresAt: now }) } },
      'IDENTITY.SCOPES_WIDER': minterWith({ scopes: [] }),
      'IDENTITY.MODELS_WIDER': minterWith({ models: ['llama', 'qwen2*'] }),
      'IDENTITY.APPS_WIDER': minterWith({ apps: [] }),
      'IDENTITY.EXPIRY_LATER': minterWith({ expiresAt: instantOf(now + 999) }),
      'IDENTITY.REQUESTS_HIGHER': minterWith({ requestsPerMinute: 9 }),
      'IDENTITY.UNITS_HIGHER': minterWith({ unitsPerMinute: 9 }),
      'IDENTITY.STREAMS_HIGHER': minterWith({ streams: 9 }),
      'IDENTITY.BUDGET_HIGHER': minterWith({ budget: { total: 9n } }),
      'IDENTITY.API_KEY_LINE_TOO_LONG': { when: tooLong },
      'IDENTITY.TOO_MANY_API_KEYS': { given: manyKeys },
    },
  ),
  rotateApiKey: precedenceCases(
    { aggregate: party, decide: rotateApiKey, given: [organizationRegistered, keyIssued(1)], when: rotate },
    identityRefusals.rotateApiKey,
    {
      'IDENTITY.API_KEY_NOT_ACTIVE': { given: [ApiKeyRevoked({ keyId, partyId: orgId })] },
      'IDENTITY.API_KEY_ALREADY_ROTATED': { given: [rotated] },
      'IDENTITY.API_KEY_LINE_TOO_LONG': { when: tooLong },
      'IDENTITY.TOO_MANY_API_KEYS': { given: manyKeys },
    },
  ),
  revokeApiKey: precedenceCases(
    {
      ...{ aggregate: party, decide: revokeApiKey, given: [organizationRegistered, keyIssued(1)] },
      when: { partyId: orgId, keyId },
    },
    identityRefusals.revokeApiKey,
    { 'IDENTITY.API_KEY_NOT_ACTIVE': nothing },
  ),
  suspendParty: precedenceCases(
    {
      ...{ aggregate: party, decide: suspendParty, given: [organizationRegistered] },
      when: { partyId: orgId, reason: undefined },
    },
    identityRefusals.suspendParty,
    { NOT_FOUND: nothing, 'IDENTITY.PARTY_SUSPENDED': { given: [suspended] } },
  ),
  reinstateParty: precedenceCases(
    {
      ...{ aggregate: party, decide: reinstateParty, given: [organizationRegistered, suspended] },
      when: { partyId: orgId },
    },
    identityRefusals.reinstateParty,
    { NOT_FOUND: nothing, 'IDENTITY.PARTY_NOT_SUSPENDED': { given: () => [organizationRegistered] } },
  ),
  erasePersonalData: precedenceCases(
    { aggregate: party, decide: erasePersonalData, given: [organizationRegistered], when: { partyId: orgId } },
    identityRefusals.erasePersonalData,
    { NOT_FOUND: nothing, 'IDENTITY.PARTY_ERASED': { given: [erased] } },
  ),
  registerOauthClient: precedenceCases(
    {
      ...{ aggregate: party, decide: registerOauthClient, given: [organizationRegistered, keyIssued(1)] },
      when: { partyId: orgId, client: clientNumber(2), descent: { mintedBy: keyId, people: 2, keys: 2 } },
    },
    identityRefusals.registerOauthClient,
    {
      NOT_FOUND: nothing,
      'IDENTITY.API_KEY_NOT_ACTIVE': { given: [ApiKeyRevoked({ keyId, partyId: orgId })] },
      'IDENTITY.API_KEY_LIMITED': minterWith({ requestsPerMinute: 9 }),
      'IDENTITY.API_KEY_LINE_TOO_LONG': { when: tooLong },
      'IDENTITY.TOO_MANY_OAUTH_CLIENTS': { given: manyClients },
    },
  ),
  rotateClientSecret: precedenceCases(
    {
      ...{ aggregate: party, decide: rotateClientSecret, given: withClient },
      when: { ...ofClient, secretHash: keyNumber(2).secretHash, overlapMs: 0 },
    },
    identityRefusals.rotateClientSecret,
    {
      'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE': { given: [OauthClientDeleted(ofClient)] },
      'IDENTITY.OAUTH_CLIENT_WITHOUT_SECRET': {
        given: () => [organizationRegistered, keyIssued(1), clientRegistered(1, keyedClient)],
      },
    },
    ['IDENTITY.OAUTH_CLIENT_NOT_ACTIVE | IDENTITY.OAUTH_CLIENT_WITHOUT_SECRET'],
  ),
  deleteOauthClient: precedenceCases(
    { aggregate: party, decide: deleteOauthClient, given: withClient, when: ofClient },
    identityRefusals.deleteOauthClient,
    { 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE': nothing },
  ),
  revokeAccessToken: precedenceCases(
    {
      ...{ aggregate: party, decide: revokeAccessToken, given: withClient },
      when: { ...ofClient, tokenId: 'token', expiresAt: now },
    },
    identityRefusals.revokeAccessToken,
    { 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE': nothing },
  ),
  ...peopleCases,
  ...membershipCases,
  // It always refuses: that is how a registration is given up.
  giveUpRegistration: precedenceCases(
    { aggregate: party, decide: giveUpRegistration, given: [], when: { partyId: orgId } },
    identityRefusals.giveUpRegistration,
    { 'IDENTITY.ALREADY_REGISTERED': { given: [organizationRegistered] }, 'IDENTITY.REGISTRATION_LAPSED': {} },
  ).slice(1),
} satisfies Record<keyof typeof identityRefusals, unknown>;

describe.each(Object.entries(cases))('%s is refused for', (_, sentences) => {
  it.each(sentences)('$name', ({ expected, refusal }) => expect(refusal()).toBe(expected));
});

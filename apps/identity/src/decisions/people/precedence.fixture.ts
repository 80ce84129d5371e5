import {
  AccessGranted,
  EmailProved,
  identityRefusals,
  instantOf,
  PersonErased,
  PersonRefused,
  SignInRefused,
} from '@tokengrid/contracts';
import { precedenceCases, someContext } from '@tokengrid/kernel';
import { account, codeSent, contactStreamId, ownerRegistered, personRegistered, userId } from '../examples.fixture.ts';
import { person } from '../state/person.ts';
import { changePassword } from './change-password.ts';
import { endAccessGrant } from './end-access-grant.ts';
import { erasePerson } from './erase-person.ts';
import { giveUpPerson } from './give-up-person.ts';
import { grantAccess } from './grant-access.ts';
import { proveEmail } from './prove-email.ts';
import { registerPerson } from './register-person.ts';
import { requestEmailProof } from './request-email-proof.ts';
import { signIn } from './sign-in.ts';

const now = someContext.time;
const code = 'c'.repeat(64);
const nothing = { given: () => [] };
const proved = EmailProved({ userId });
const erasedPerson = { given: () => [PersonErased({ userId, contactStreamId })] };

const grant = { grantId: 'g1', clientId: 'cli_01jzx000000000000000000001', scopes: ['openid'] };

/** Cases of the refusals of people's commands. */
export const peopleCases = {
  registerPerson: precedenceCases(
    {
      ...{ aggregate: person, decide: registerPerson, given: [] },
      when: { ...account, isEmailProved: false, reservation: 'reserved' },
    },
    identityRefusals.registerPerson,
    {
      'IDENTITY.EMAIL_TAKEN': { when: { reservation: { refused: 'IDENTITY.EMAIL_TAKEN' } } },
      'IDENTITY.REGISTRATION_LAPSED': {
        given: () => [PersonRefused({ userId, code: 'IDENTITY.REGISTRATION_LAPSED' })],
      },
      'IDENTITY.PERSON_ERASED': erasedPerson,
      'IDENTITY.ALREADY_REGISTERED': { given: () => [personRegistered] },
    },
    ['IDENTITY.REGISTRATION_LAPSED | IDENTITY.PERSON_ERASED', 'IDENTITY.PERSON_ERASED | IDENTITY.ALREADY_REGISTERED'],
  ),
  giveUpPerson: precedenceCases(
    { aggregate: person, decide: giveUpPerson, given: [], when: { userId } },
    identityRefusals.giveUpPerson,
    { 'IDENTITY.ALREADY_REGISTERED': { given: [personRegistered] }, 'IDENTITY.REGISTRATION_LAPSED': {} },
  ).slice(1),
  requestEmailProof: precedenceCases(
    { aggregate: person, decide: requestEmailProof, given: [personRegistered], when: { userId, codeHash: code } },
    identityRefusals.requestEmailProof,
    {
      NOT_FOUND: nothing,
      'IDENTITY.EMAIL_ALREADY_PROVED': { given: (history) => [...history, proved] },
      'IDENTITY.CODE_TOO_SOON': { given: [codeSent(code, now)] },
    },
    ['IDENTITY.EMAIL_ALREADY_PROVED | IDENTITY.CODE_TOO_SOON'],
  ),
  proveEmail: precedenceCases(
    {
      ...{ aggregate: person, decide: proveEmail, given: [personRegistered, codeSent(code, now)] },
      when: { userId, codeHash: code },
    },
    identityRefusals.proveEmail,
    {
      NOT_FOUND: nothing,
      'IDENTITY.EMAIL_ALREADY_PROVED': { given: [proved] },
      'IDENTITY.CODE_EXPIRED': { given: [codeSent(code, now - 900_000)] },
      'IDENTITY.CODE_WRONG': { when: { codeHash: 'd'.repeat(64) } },
    },
    ['IDENTITY.EMAIL_ALREADY_PROVED | IDENTITY.CODE_EXPIRED'],
  ),
  signIn: precedenceCases(
    { aggregate: person, decide: signIn, given: [personRegistered], when: { userId, isPasswordRight: true } },
    identityRefusals.signIn,
    {
      NOT_FOUND: nothing,
      'IDENTITY.SIGN_IN_LOCKED': {
        given: [SignInRefused({ userId, code: 'IDENTITY.PASSWORD_WRONG', lockedUntil: instantOf(now + 1) })],
      },
      'IDENTITY.PASSWORD_WRONG': { when: { isPasswordRight: false } },
    },
  ),
  changePassword: precedenceCases(
    { aggregate: person, decide: changePassword, given: [personRegistered], when: { ...account } },
    identityRefusals.changePassword,
    { NOT_FOUND: nothing },
  ),
  erasePerson: precedenceCases(
    {
      ...{ aggregate: person, decide: erasePerson, given: [personRegistered] },
      when: { userId, contactStreamId, isOrganizationErased: false },
    },
    identityRefusals.erasePerson,
    {
      'IDENTITY.PERSON_ERASED': erasedPerson,
      'IDENTITY.PERSON_OWNS_ORGANIZATION': { given: () => [ownerRegistered] },
    },
    ['IDENTITY.PERSON_ERASED | IDENTITY.PERSON_OWNS_ORGANIZATION'],
  ),
  grantAccess: precedenceCases(
    { aggregate: person, decide: grantAccess, given: [personRegistered], when: { userId, grant, tokensMs: 1 } },
    identityRefusals.grantAccess,
    { NOT_FOUND: nothing },
  ),
  endAccessGrant: precedenceCases(
    {
      ...{ aggregate: person, decide: endAccessGrant, given: [personRegistered, AccessGranted({ userId, ...grant })] },
      when: { userId, grantId: grant.grantId, reason: 'person', tokensMs: 1 },
    },
    identityRefusals.endAccessGrant,
    { 'IDENTITY.GRANT_NOT_ACTIVE': nothing },
  ),
};

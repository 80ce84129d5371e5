import { describe, it } from '@jest/globals';
import {
  EmailProofRequested,
  EmailProved,
  instantOf,
  PasswordChanged,
  PersonErased,
  PersonRefused,
  PersonSignedIn,
  SignInRefused,
} from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { account, codeSent, contactStreamId, ownerRegistered, personRegistered, userId } from '../examples.fixture.ts';
import { person } from '../state/person.ts';
import { changePassword } from './change-password.ts';
import { erasePerson } from './erase-person.ts';
import { maxWrongCodes, proveEmail } from './prove-email.ts';
import { registerPerson } from './register-person.ts';
import { codeLifeMs, codePauseMs, requestEmailProof } from './request-email-proof.ts';
import { freeAttempts, signIn } from './sign-in.ts';

const given = givenFor(person);
const now = someContext.time;
const [codeHash, otherHash] = ['a'.repeat(64), 'b'.repeat(64)];
const wrong = (lockMs?: number) =>
  SignInRefused({
    ...{ userId, code: 'IDENTITY.PASSWORD_WRONG' },
    ...(lockMs !== undefined && { lockedUntil: instantOf(now + lockMs) }),
  });
const refused = (code: Parameters<typeof PersonRefused>[0]['code']) => PersonRefused({ userId, code });

describe('registering a person', () => {
  const register = { ...account, isEmailProved: true, reservation: 'reserved' as const };

  it('proves the address of one who came by a secret that was sent there', () =>
    given().when(registerPerson, register).then(personRegistered, EmailProved({ userId })));

  it('leaves the address of an owner to be proved', () =>
    given()
      .when(registerPerson, { ...register, organizationId: ownerRegistered.data.organizationId, isEmailProved: false })
      .then(ownerRegistered));

  it('is over once the person is erased, even before they registered', () =>
    given(PersonErased({ userId, contactStreamId }))
      .when(registerPerson, register)
      .then(refused('IDENTITY.PERSON_ERASED')));
});

describe('proving an address', () => {
  const prove = { userId, codeHash };

  it('sends a code that lives for 15 minutes, and the next one a minute later', () => {
    const times = { sentAt: instantOf(now), expiresAt: instantOf(now + codeLifeMs) };
    given(personRegistered, codeSent(otherHash, now - codePauseMs))
      .when(requestEmailProof, prove)
      .then(EmailProofRequested({ userId, codeHash, ...times }));
    given(personRegistered, codeSent(otherHash, now - codePauseMs + 1))
      .when(requestEmailProof, prove)
      .then(refused('IDENTITY.CODE_TOO_SOON'));
  });

  it('takes the last code, once', () => {
    const sent = codeSent(codeHash, now);
    given(personRegistered, sent).when(proveEmail, prove).then(EmailProved({ userId }));
    given(personRegistered, sent, EmailProved({ userId }))
      .when(proveEmail, prove)
      .then(refused('IDENTITY.EMAIL_ALREADY_PROVED'));
    given(personRegistered, sent, codeSent(otherHash, now))
      .when(proveEmail, prove)
      .then(refused('IDENTITY.CODE_WRONG'));
  });

  it('takes no code after five wrong ones, and a new one after that', () => {
    const guesses = Array.from({ length: maxWrongCodes }, () => refused('IDENTITY.CODE_WRONG'));
    const sent = codeSent(codeHash, now);
    given(personRegistered, sent, ...guesses.slice(1))
      .when(proveEmail, prove)
      .then(EmailProved({ userId }));
    given(personRegistered, sent, ...guesses)
      .when(proveEmail, prove)
      .then(refused('IDENTITY.CODE_EXPIRED'));
    given(personRegistered, sent, ...guesses, sent)
      .when(proveEmail, prove)
      .then(EmailProved({ userId }));
  });
});

describe('signing in', () => {
  const wrongs = (count: number) => Array.from({ length: count }, () => wrong());

  it.each([
    [freeAttempts - 1, undefined],
    [freeAttempts, 30_000],
    [freeAttempts + 1, 60_000],
    [freeAttempts + 2, 120_000],
    [freeAttempts + 20, 3_600_000],
    [freeAttempts + 2000, 3_600_000],
  ])('after %i wrong passwords locks the account for %s ms by another one', (before, lockMs) =>
    given(personRegistered, ...wrongs(before))
      .when(signIn, { userId, isPasswordRight: false })
      .then(wrong(lockMs)),
  );

  it('is refused while the account is locked, also with the right password', () => {
    given(personRegistered, wrong(1))
      .when(signIn, { userId, isPasswordRight: true })
      .then(SignInRefused({ userId, code: 'IDENTITY.SIGN_IN_LOCKED' }));
    given(personRegistered, wrong(0)).when(signIn, { userId, isPasswordRight: true }).then(PersonSignedIn({ userId }));
  });

  it.each([
    ['the right password', PersonSignedIn({ userId })],
    ['a new one', PasswordChanged({ userId, passwordHash: account.passwordHash })],
  ])('counts anew after %s', (_, event) =>
    given(personRegistered, ...wrongs(freeAttempts), event)
      .when(signIn, { userId, isPasswordRight: false })
      .then(wrong()),
  );
});

describe('a password', () => {
  it('is changed for a person who is there', () => {
    const { passwordHash } = account;
    given(personRegistered)
      .when(changePassword, { userId, passwordHash })
      .then(PasswordChanged({ userId, passwordHash }));
    given().when(changePassword, { userId, passwordHash }).then(refused('NOT_FOUND'));
  });
});

describe('erasing a person', () => {
  const erase = { userId, contactStreamId, isOrganizationErased: false };
  const erased = PersonErased({ userId, contactStreamId });

  it('states whose address is free', () => given(personRegistered).when(erasePerson, erase).then(erased));

  it('waits for the organization whose name is under the same key', () => {
    given(ownerRegistered).when(erasePerson, erase).then(refused('IDENTITY.PERSON_OWNS_ORGANIZATION'));
    given(ownerRegistered)
      .when(erasePerson, { ...erase, isOrganizationErased: true })
      .then(erased);
  });

  it('ends sign-in', () =>
    given(personRegistered, erased)
      .when(signIn, { userId, isPasswordRight: true })
      .then(SignInRefused({ userId, code: 'NOT_FOUND' })));
});

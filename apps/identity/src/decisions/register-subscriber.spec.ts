import { describe, it } from '@jest/globals';
import { ApiKeyIssued, PartyRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { party } from './party.ts';
import { registerSubscriber } from './register-subscriber.ts';
import { keyNumber, subId, subscriber, subscriberRegistered } from './samples.ts';

const given = givenFor(party);
const now = someContext.time;
const firstKey = keyNumber(1);
const register = { ...subscriber, firstKey, reservation: { reservedUntil: now + 1 } };
const refused = (code: string, detail: string) => PartyRefused({ partyId: subId, code, detail });

describe('registering a subscriber', () => {
  it('registers it with its first key', () =>
    given()
      .when(registerSubscriber, register)
      .then(
        subscriberRegistered,
        ApiKeyIssued({
          ...firstKey,
          scopes: [...firstKey.scopes],
          partyId: subId,
          partyKind: 'subscriber',
          expiresAt: null,
        }),
      ));

  it('refuses what the number was refused for', () =>
    given()
      .when(registerSubscriber, { ...register, reservation: { refused: 'MSISDN_TAKEN' } })
      .then(refused('MSISDN_TAKEN', 'the phone number belongs to another registration')));

  it('refuses at the very end of the reservation', () =>
    given()
      .when(registerSubscriber, { ...register, reservation: { reservedUntil: now } })
      .then(
        refused(
          'REGISTRATION_LAPSED',
          'the registration was interrupted for too long; send it again with a new Idempotency-Key',
        ),
      ));

  it('refuses a second registration of the same party', () =>
    given(subscriberRegistered)
      .when(registerSubscriber, register)
      .then(refused('ALREADY_REGISTERED', 'the subscriber is registered already')));
});

import { describe, it } from '@jest/globals';
import { ApiKeyIssued, PartyRefused, SubscriberRegistered } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { party } from '../state/party.ts';
import { registerSubscriber } from './register-subscriber.ts';
import { keyNumber, subId, subscriber, subscriberRegistered } from '../examples.fixture.ts';

const given = givenFor(party);
const firstKey = keyNumber(1);
const register = { ...subscriber, firstKey, reservation: 'reserved' as const };
const refused = (code: Parameters<typeof PartyRefused>[0]['code']) => PartyRefused({ partyId: subId, code });
const lapsed = refused('IDENTITY.REGISTRATION_LAPSED');

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

  it('registers it without a key, and says so, if none is asked for', () =>
    given()
      .when(registerSubscriber, { ...register, firstKey: undefined })
      .then(SubscriberRegistered({ ...subscriber, keyless: true })));

  it('refuses what the number was refused for, before anything else', () =>
    given(subscriberRegistered)
      .when(registerSubscriber, { ...register, reservation: { refused: 'IDENTITY.MSISDN_TAKEN' } })
      .then(refused('IDENTITY.MSISDN_TAKEN')));

  it('refuses a registration that was given up', () => given(lapsed).when(registerSubscriber, register).then(lapsed));

  it('refuses a second registration of the same party', () =>
    given(subscriberRegistered).when(registerSubscriber, register).then(refused('IDENTITY.ALREADY_REGISTERED')));
});

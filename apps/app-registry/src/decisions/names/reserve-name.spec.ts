import { describe, it } from '@jest/globals';
import { instantOf, NameConfirmed, NameRefused, NameReserved } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { name } from '../state/name.ts';
import { reserveName } from './reserve-name.ts';
import { appId, developerId, otherAppId, slug } from '../examples.fixture.ts';

const given = givenFor(name);
const now = someContext.time;
const reservedForMs = 600_000;
const wanted = { name: slug, ownerId: appId, partyId: developerId };
const reserve = { ...wanted, reservedForMs, givenUpOwnerId: undefined };
const reserved = (ownerId: string, expiresAt: number) =>
  NameReserved({ ...wanted, ownerId, expiresAt: instantOf(expiresAt) });
const refused = NameRefused({ name: slug, ownerId: appId, code: 'APP_REGISTRY.SLUG_TAKEN' });

describe('reserving a name', () => {
  it('sets a free one aside for as long as stated', () =>
    given()
      .when(reserveName, reserve)
      .then(reserved(appId, now + reservedForMs)));

  it('prolongs the reservation of the same app', () =>
    given(reserved(appId, now + 1))
      .when(reserveName, reserve)
      .then(reserved(appId, now + reservedForMs)));

  it('refuses one that another app has, whatever is said of its app', () =>
    given(reserved(otherAppId, 0), NameConfirmed({ name: slug, ownerId: otherAppId }))
      .when(reserveName, { ...reserve, givenUpOwnerId: otherAppId })
      .then(refused));

  it('refuses one that can be confused with another, with a code of its own', () => {
    const taken = { name: 'chat-he1per', ownerId: otherAppId };
    given(NameConfirmed(taken))
      .when(reserveName, reserve)
      .then(NameRefused({ name: slug, ownerId: appId, code: 'APP_REGISTRY.SLUG_CONFUSABLE' }));
  });

  it('refuses one that is set aside for another app', () =>
    given(reserved(otherAppId, now + 1))
      .when(reserveName, reserve)
      .then(refused));

  it('refuses one whose reservation is over, while its app was not given up', () =>
    given(reserved(otherAppId, 0)).when(reserveName, reserve).then(refused));

  it('takes over a reservation whose app was given up', () =>
    given(reserved(otherAppId, 0))
      .when(reserveName, { ...reserve, givenUpOwnerId: otherAppId })
      .then(reserved(appId, now + reservedForMs)));
});

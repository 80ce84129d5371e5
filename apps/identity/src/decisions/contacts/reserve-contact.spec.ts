import { describe, expect, it } from '@jest/globals';
import { ContactConfirmed, ContactRefused, ContactReleased, ContactReserved, instantOf } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { contact } from '../state/contact.ts';
import { ReservationExpired, reserveContact } from './reserve-contact.ts';
import { orgId, otherOrgId } from '../examples.fixture.ts';

const given = givenFor(contact);
const now = someContext.time;
const reservedForMs = 600_000;
const reserve = { kind: 'email' as const, partyId: orgId, reservedForMs, givenUpPartyId: undefined };
const reserved = (partyId: string, expiresAt: number) =>
  ContactReserved({ kind: 'email', partyId, expiresAt: instantOf(expiresAt) });
const reservedState = (partyId: string, expiresAt: number) =>
  contact.evolve(contact.initial, reserved(partyId, expiresAt));
const refused = ContactRefused({ kind: 'email', code: 'IDENTITY.EMAIL_TAKEN' });

describe('reserving a contact', () => {
  it('sets a free one aside for as long as stated', () =>
    given()
      .when(reserveContact, reserve)
      .then(reserved(orgId, now + reservedForMs)));

  it('prolongs the reservation of the same party', () =>
    given(reserved(orgId, now + 1))
      .when(reserveContact, reserve)
      .then(reserved(orgId, now + reservedForMs)));

  it('refuses one that another party registered with, whatever is said of its registration', () =>
    given(reserved(otherOrgId, now - reservedForMs), ContactConfirmed({ kind: 'email', partyId: otherOrgId }))
      .when(reserveContact, { ...reserve, givenUpPartyId: otherOrgId })
      .then(refused));

  it('refuses a phone number with a code of its own', () =>
    given(ContactConfirmed({ kind: 'msisdn', partyId: otherOrgId }))
      .when(reserveContact, { ...reserve, kind: 'msisdn' })
      .then(ContactRefused({ kind: 'msisdn', code: 'IDENTITY.MSISDN_TAKEN' })));

  it('refuses one that is set aside for another party', () =>
    given(reserved(otherOrgId, now + 1))
      .when(reserveContact, reserve)
      .then(refused));

  it('decides nothing on one whose reservation is over, until its holder was looked at', () =>
    expect(() => reserveContact(reservedState(otherOrgId, now), reserve, someContext)).toThrow(
      new ReservationExpired(otherOrgId),
    ));

  it('refuses one whose reservation is over, while its registration was not given up', () =>
    given(reserved(otherOrgId, 0))
      .when(reserveContact, { ...reserve, givenUpPartyId: null })
      .then(refused));

  it('takes over a reservation whose registration was given up', () =>
    given(reserved(otherOrgId, 0))
      .when(reserveContact, { ...reserve, givenUpPartyId: otherOrgId })
      .then(reserved(orgId, now + reservedForMs)));

  it('gives one that was released to whoever comes next', () =>
    given(
      ContactConfirmed({ kind: 'email', partyId: otherOrgId }),
      ContactReleased({ kind: 'email', partyId: otherOrgId }),
    )
      .when(reserveContact, reserve)
      .then(reserved(orgId, now + reservedForMs)));
});

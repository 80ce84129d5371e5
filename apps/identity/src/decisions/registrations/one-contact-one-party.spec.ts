import { describe, expect, it } from '@jest/globals';
import type { IdentityEvent } from '@tokengrid/contracts';
import { someContext } from '@tokengrid/kernel';
import * as fc from 'fast-check';
import { keyNumber, organization } from '../examples.fixture.ts';
import { confirmContact } from '../contacts/confirm-contact.ts';
import { contact } from '../state/contact.ts';
import { giveUpRegistration } from './give-up-registration.ts';
import { isRegistered, party } from '../state/party.ts';
import { registerOrganization } from './register-organization.ts';
import type { Reservation } from '../rules/registrations.ts';
import { lapsed } from '../rules/registrations.ts';
import { reserveContact } from '../contacts/reserve-contact.ts';

const contenders = [0, 1, 2].map((number) => `org_01jzz0000000000000000000a${number}`);

/**
 * Next step of some registration. Steps of several registrations come in any order, as from several
 * processes.
 */
const step = fc.record({
  who: fc.constantFrom(...contenders),
  does: fc.constantFrom('reserve', 'register', 'give up', 'confirm'),
  whose: fc.constantFrom(...contenders),
});

/** One address, and the parties that want it; each remembers the results of its own steps. */
class Contest {
  private address = contact.initial;
  private readonly parties = new Map(contenders.map((id) => [id, party.initial]));
  private readonly reservations = new Map<string, Reservation<'email'>>();
  /** Parties given up, as seen by each. */
  private readonly givenUp = new Map<string, string>();

  take({ who, does, whose }: { readonly who: string; readonly does: string; readonly whose: string }): void {
    if (does === 'reserve') this.reserve(who);
    if (does === 'register') this.register(who);
    if (does === 'give up' && who !== whose) this.giveUp(who, whose);
    if (does === 'confirm') this.confirm(whose);
  }

  registered(): readonly string[] {
    return contenders.filter((id) => isRegistered(this.parties.get(id)!));
  }

  private reserve(partyId: string): void {
    const givenUpPartyId = this.givenUp.get(partyId);
    const wanted = { kind: 'email', partyId, reservedForMs: 1, givenUpPartyId } as const;
    const [event] = this.onAddress(reserveContact(this.address, wanted, someContext));
    this.reservations.set(
      partyId,
      event!.type === 'ContactReserved' ? 'reserved' : { refused: 'IDENTITY.EMAIL_TAKEN' },
    );
  }

  private register(partyId: string): void {
    const reservation = this.reservations.get(partyId);
    if (reservation === undefined) return;
    const firstKey = keyNumber(1);
    const wanted = { ...organization, partyId, firstKey, reservation };
    this.onParty(partyId, registerOrganization(this.parties.get(partyId)!, wanted));
  }

  private giveUp(partyId: string, whose: string): void {
    const [event] = this.onParty(whose, giveUpRegistration(this.parties.get(whose)!, { partyId: whose }));
    if (event!.type === 'PartyRefused' && event!.data.code === lapsed.code) this.givenUp.set(partyId, whose);
  }

  private confirm(partyId: string): void {
    if (isRegistered(this.parties.get(partyId)!)) {
      this.onAddress(confirmContact(this.address, { kind: 'email', partyId }));
    }
  }

  private onAddress(events: readonly IdentityEvent[]): readonly IdentityEvent[] {
    this.address = events.reduce(contact.evolve, this.address);
    return events;
  }

  private onParty(partyId: string, events: readonly IdentityEvent[]): readonly IdentityEvent[] {
    this.parties.set(partyId, events.reduce(party.evolve, this.parties.get(partyId)!));
    return events;
  }
}

describe('an address that several parties want', () => {
  it('is that of one registered party at most, in whatever order their steps come', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const contest = new Contest();
        for (const next of steps) {
          contest.take(next);
          expect(contest.registered().length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 3000 },
    ));
});

import { eventOfMessage, type IdentityEvent, identityCatalogue, readData } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { lanesOfSpecs } from '@tokengrid/service/testing';
import { WhenInvitationWithdrawnGiveUpPerson } from '../policies/when-invitation-withdrawn-give-up-person.ts';
import { WhenOrganizationRegisteredAddOwner } from '../policies/when-organization-registered-add-owner.ts';
import { WhenOrganizationRegisteredConfirmContact } from '../policies/when-organization-registered-confirm-contact.ts';
import { WhenOrganizationRegisteredRegisterPerson } from '../policies/when-organization-registered-register-person.ts';
import { WhenPersonalDataErasedDestroyKeys } from '../policies/when-personal-data-erased-destroy-keys.ts';
import { WhenPersonalDataErasedErasePerson } from '../policies/when-personal-data-erased-erase-person.ts';
import { WhenPersonalDataErasedReleaseContact } from '../policies/when-personal-data-erased-release-contact.ts';
import { WhenPersonErasedDestroyKeys } from '../policies/when-person-erased-destroy-keys.ts';
import { WhenPersonErasedReleaseContact } from '../policies/when-person-erased-release-contact.ts';
import { WhenPersonRegisteredConfirmContact } from '../policies/when-person-registered-confirm-contact.ts';
import type { RunningIdentity } from './run-identity.ts';

type React = (event: never, reaction: Reaction) => unknown;

/** Identity's own policies, as they follow its log: a spec runs them. */
export class Reactions {
  /** Number of records that were heard, by lane. */
  private readonly heard = new Map<number, number>();

  constructor(private readonly identity: RunningIdentity) {}

  /** Lets the policies react to all events that they have not heard, and to what comes of it. */
  async run(): Promise<void> {
    for (let found = true; found;) {
      found = false;
      for (let lane = 0; lane < lanesOfSpecs; lane++) found = (await this.runLane(lane)) || found;
    }
  }

  private async runLane(lane: number): Promise<boolean> {
    const records = this.identity.log.records(identityCatalogue.topic, lane);
    const from = this.heard.get(lane) ?? 0;
    this.heard.set(lane, records.length);
    for (const { headers, value } of records.slice(from)) {
      const { event } = eventOfMessage({ headers, value });
      const data = readData(identityCatalogue as never, event);
      for (const react of this.policiesOf(event.type as IdentityEvent['type'])) {
        await react({ ...event, data } as never, new Reaction(react.name, event));
      }
    }
    return records.length > from;
  }

  private policiesOf(type: IdentityEvent['type']): readonly React[] {
    const of = <T>(policy: { readonly prototype: T }) => this.identity.instance(policy);
    const named = (name: string, react: React): React => Object.defineProperty(react, 'name', { value: name });
    switch (type) {
      case 'OrganizationRegistered':
        return [
          named('confirm', (e, r) => of(WhenOrganizationRegisteredConfirmContact).confirm(e, r)),
          named('register-person', (e, r) => of(WhenOrganizationRegisteredRegisterPerson).register(e, r)),
          named('add-owner', (e, r) => of(WhenOrganizationRegisteredAddOwner).add(e, r)),
        ];
      case 'PersonRegistered':
        return [named('confirm-person', (e, r) => of(WhenPersonRegisteredConfirmContact).confirm(e, r))];
      case 'PersonalDataErased':
        return [
          named('destroy-keys', (e) => of(WhenPersonalDataErasedDestroyKeys).destroy(e)),
          named('release', (e, r) => of(WhenPersonalDataErasedReleaseContact).release(e, r)),
          named('erase-person', (e, r) => of(WhenPersonalDataErasedErasePerson).erase(e, r)),
        ];
      case 'PersonErased':
        return [
          named('destroy-key', (e) => of(WhenPersonErasedDestroyKeys).destroy(e)),
          named('release-person', (e, r) => of(WhenPersonErasedReleaseContact).release(e, r)),
        ];
      case 'InvitationWithdrawn':
        return [named('give-up', (e, r) => of(WhenInvitationWithdrawnGiveUpPerson).giveUp(e, r))];
      default:
        return [];
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent, PartyKind } from '@tokengrid/contracts';
import { EventStore, type Outcome } from '@tokengrid/event-store';
import { defaultScopesOf, type IncomingCommand, newId, serviceConfig } from '@tokengrid/service';
import type { IdentityConfig } from '../config.ts';
import { ReservingContacts } from './reserving-contacts.ts';
import { registerOrganization } from '../decisions/registrations/register-organization.ts';
import { registerSubscriber } from '../decisions/registrations/register-subscriber.ts';
import { IssuedSecrets, type SettledIssue } from '../key-store/issued-secrets.ts';
import { MasterKey } from '../key-store/master-key.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { Parties } from '../streams/parties.ts';
import { type ContactKind, contactStreamIdOf } from '../personal-data/contact-address.ts';
import { encryptText, type PersonalField } from '../personal-data/encrypted-text.ts';
import { hashPassword } from '../personal-data/passwords.ts';

/** An organization to register. Plain text, which does not leave this file. */
export interface OrganizationToRegister {
  readonly organization: { readonly name: string; readonly kind: 'developer' | 'provider' };
  readonly owner: { readonly name: string; readonly email: string; readonly password: string };
}

/** A subscriber to register. Plain text, which does not leave this file. */
export interface SubscriberToRegister {
  readonly msisdn: string;
  readonly name: string;
}

const firstKeyName = 'first key';

/**
 * Registers parties, in steps between which a crash may come: settle ids and secret, reserve the
 * contact, register. Every step finds the result of an earlier attempt of the same request, so a
 * repeat continues from there.
 */
@Injectable()
export class Registrations {
  constructor(
    @Inject(EventStore) private readonly store: EventStore<IdentityEvent, undefined>,
    @Inject(serviceConfig) private readonly config: IdentityConfig,
    private readonly secrets: IssuedSecrets,
    private readonly keys: PersonKeys,
    private readonly master: MasterKey,
    private readonly contacts: ReservingContacts,
    private readonly parties: Parties,
  ) {}

  /** Registers a developer or provider. The outcome answers the request. */
  async registerOrganization(
    incoming: IncomingCommand,
    { organization, owner }: OrganizationToRegister,
  ): Promise<Outcome<IdentityEvent>> {
    const { kind } = organization;
    const issue = await this.settle(incoming, kind, newId('org'), newId('usr'));
    const earlier = issue.isFirst ? undefined : await this.store.outcomeOf(incoming.id, { streamId: issue.partyId });
    if (earlier?.published) return earlier;
    const { contactStreamId, reservation } = await this.reserve(incoming, 'email', issue.partyId, owner.email);
    const encrypt = await this.encryptorOf(issue.personId!);
    const data = {
      partyId: issue.partyId,
      kind,
      name: encrypt('organization', organization.name),
      contactStreamId,
      owner: {
        userId: issue.personId!,
        name: encrypt('name', owner.name),
        email: encrypt('email', owner.email),
        passwordHash: encrypt('password', await hashPassword(owner.password)),
      },
      firstKey: firstKeyOf(issue),
      reservation,
    };
    return this.parties.handle(registerOrganization, incoming.to(issue.partyId, data));
  }

  /** Registers a subscriber, who is its own person. The outcome answers the request. */
  async registerSubscriber(
    incoming: IncomingCommand,
    { msisdn, name }: SubscriberToRegister,
  ): Promise<Outcome<IdentityEvent>> {
    const subscriberId = newId('sub');
    const issue = await this.settle(incoming, 'subscriber', subscriberId, subscriberId);
    const earlier = issue.isFirst ? undefined : await this.store.outcomeOf(incoming.id, { streamId: issue.partyId });
    if (earlier?.published) return earlier;
    const { contactStreamId, reservation } = await this.reserve(incoming, 'msisdn', issue.partyId, msisdn);
    const encrypt = await this.encryptorOf(issue.personId!);
    const data = {
      partyId: issue.partyId,
      name: encrypt('name', name),
      msisdn: encrypt('msisdn', msisdn),
      contactStreamId,
      firstKey: firstKeyOf(issue),
      reservation,
    };
    return this.parties.handle(registerSubscriber, incoming.to(issue.partyId, data));
  }

  private settle(incoming: IncomingCommand, kind: PartyKind, partyId: string, personId: string): Promise<SettledIssue> {
    return this.secrets.settle(incoming, { partyId, personId, keyId: newId('key'), scopes: defaultScopesOf(kind) });
  }

  private async reserve<Kind extends ContactKind>(
    incoming: IncomingCommand,
    kind: Kind,
    partyId: string,
    address: string,
  ) {
    const contactStreamId = contactStreamIdOf(this.master.ofContacts, kind, address);
    const wanted = { kind, streamId: contactStreamId, partyId, reservedForMs: this.config.contactReservationMs };
    return { contactStreamId, reservation: await this.contacts.reserve(incoming, wanted) };
  }

  private async encryptorOf(personId: string): Promise<(field: PersonalField, text: string) => string> {
    const key = await this.keys.obtain(personId);
    return (field, text) => encryptText(key, field, text);
  }
}

function firstKeyOf({ keyId, secretHash, scopes }: SettledIssue) {
  return { keyId, name: firstKeyName, secretHash, scopes, expiresAt: null };
}

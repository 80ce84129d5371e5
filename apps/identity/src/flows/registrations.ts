import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent, PartyKind } from '@tokengrid/contracts';
import { EventStore, type Outcome } from '@tokengrid/event-store';
import { defaultScopesOf, type IncomingCommand, newId, serviceConfig } from '@tokengrid/service';
import type { IdentityConfig } from '../config.ts';
import { ReservingContacts } from './reserving-contacts.ts';
import { registerOrganization } from '../decisions/registrations/register-organization.ts';
import { IssuedSecrets, type SettledIssue } from '../key-store/issued-secrets.ts';
import { MasterKey } from '../key-store/master-key.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { Parties } from '../streams/parties.ts';
import { contactStreamIdOf } from '../personal-data/contact-address.ts';
import { encryptText, type PersonalField } from '../personal-data/encrypted-text.ts';
import { hashPassword } from '../personal-data/passwords.ts';

/** An organization to register. Plain text, which does not leave this file. */
export interface OrganizationToRegister {
  readonly organization: { readonly name: string; readonly kind: 'developer' | 'provider' };
  readonly owner: { readonly name: string; readonly email: string; readonly password: string };
}

const firstKeyName = 'first key';

/**
 * Registers organizations, in steps between which a crash may come: settle ids and secret, reserve
 * the contact, register. Every step finds the result of an earlier attempt of the same request, so
 * a repeat continues from there.
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
    const contactStreamId = contactStreamIdOf(this.master.ofContacts, 'email', owner.email);
    const reservedForMs = this.config.contactReservationMs;
    const wanted = { kind: 'email', streamId: contactStreamId, partyId: issue.partyId, reservedForMs } as const;
    const { reservation } = await this.contacts.reserve(incoming, wanted);
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

  private settle(incoming: IncomingCommand, kind: PartyKind, partyId: string, personId: string): Promise<SettledIssue> {
    return this.secrets.settle(incoming, { partyId, personId, keyId: newId('key'), scopes: defaultScopesOf(kind) });
  }

  private async encryptorOf(personId: string): Promise<(field: PersonalField, text: string) => string> {
    const key = await this.keys.obtain(personId);
    return (field, text) => encryptText(key, field, text);
  }
}

/** A party's first key. */
export function firstKeyOf({ keyId, secretHash, scopes }: SettledIssue) {
  return { keyId, name: firstKeyName, secretHash, scopes, expiresAt: null };
}

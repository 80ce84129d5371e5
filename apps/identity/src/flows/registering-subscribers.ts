import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { Batcher, EventStore, IdempotencyKeyReused, type Outcome } from '@tokengrid/event-store';
import { defaultScopesOf, type IncomingCommand, newId, serviceConfig } from '@tokengrid/service';
import type { IdentityConfig } from '../config.ts';
import { registerSubscriber } from '../decisions/registrations/register-subscriber.ts';
import { IssuedSecrets, type SettledIssue, type WantedIssue } from '../key-store/issued-secrets.ts';
import { MasterKey } from '../key-store/master-key.ts';
import { PersonErased, PersonKeys } from '../key-store/person-keys.ts';
import { contactStreamIdOf } from '../personal-data/contact-address.ts';
import { encryptText, type PersonKey } from '../personal-data/encrypted-text.ts';
import { Parties } from '../streams/parties.ts';
import { InGroups } from './in-groups.ts';
import { firstKeyOf } from './registrations.ts';
import { reservingId, ReservingContacts } from './reserving-contacts.ts';

/** A subscriber to register. Plain text, which does not leave this file. */
export interface SubscriberToRegister {
  readonly msisdn: string;
  readonly name: string;
}

/** A subscriber of a request. */
export interface SubscriberRequested {
  readonly incoming: IncomingCommand;
  readonly subscriber: SubscriberToRegister;
}

/** Limits of registrations that are carried out together. */
const groups = { most: 1000, mostWaiting: 10_000, patienceMs: 1000 };

/**
 * Registers subscribers, in steps between which a crash may come: settle ids and secret, reserve
 * the number, register. Every step finds the result of an earlier attempt of the same request, so
 * a repeat continues from there. Each step of registrations that are under way together is one
 * statement or one transaction.
 */
@Injectable()
export class RegisteringSubscribers {
  private readonly issues = new Batcher((wanted: readonly WantedIssue[]) => this.secrets.settleAll(wanted));
  private readonly personKeys = new Batcher((personIds: readonly string[]) => this.obtain(personIds));
  private readonly inGroups = new InGroups((wanted: SubscriberRequested) => this.withKey(wanted), groups);

  constructor(
    @Inject(EventStore) private readonly store: EventStore<IdentityEvent, undefined>,
    @Inject(serviceConfig) private readonly config: IdentityConfig,
    private readonly secrets: IssuedSecrets,
    private readonly keys: PersonKeys,
    private readonly master: MasterKey,
    private readonly contacts: ReservingContacts,
    private readonly parties: Parties,
  ) {}

  /** Registers a subscriber with a first API key. The outcome answers the request. */
  async register(incoming: IncomingCommand, subscriber: SubscriberToRegister): Promise<Outcome<IdentityEvent>> {
    return this.inGroups.add({ incoming, subscriber });
  }

  /**
   * Registers subscribers without API keys, each by itself.
   * @param batch the request as a whole
   * @returns their outcomes in order
   * @throws IdempotencyKeyReused for a request whose key came with another body; nothing was done
   */
  async registerAll(
    batch: IncomingCommand,
    wanted: readonly SubscriberRequested[],
  ): Promise<readonly Promise<Outcome<IdentityEvent>>[]> {
    if (batch.isKeyed && wanted.length > 0) await this.refuseOtherBody(batch, wanted[0]!.incoming);
    return wanted.map((each) => this.withoutKey(each));
  }

  private async withKey({ incoming, subscriber }: SubscriberRequested): Promise<Outcome<IdentityEvent>> {
    const personId = newId('sub');
    const settled = await this.issues.add({
      request: incoming,
      issue: { partyId: personId, personId, keyId: newId('key'), scopes: defaultScopesOf('subscriber') },
      personKey: this.keys.newKey(personId),
    });
    if (settled instanceof Error) throw settled;
    const earlier = settled.isFirst ? undefined : await this.earlier(incoming, settled.partyId);
    return earlier ?? this.inSteps(incoming, subscriber, settled.partyId, settled);
  }

  private withoutKey({ incoming, subscriber }: SubscriberRequested): Promise<Outcome<IdentityEvent>> {
    return this.inSteps(incoming, subscriber, newId('sub'), undefined);
  }

  /** @param settled absent for a subscriber without a key, whose id the reservation settles */
  private async inSteps(
    incoming: IncomingCommand,
    { msisdn, name }: SubscriberToRegister,
    wantedPartyId: string,
    settled: SettledIssue | undefined,
  ): Promise<Outcome<IdentityEvent>> {
    const streamId = contactStreamIdOf(this.master.ofContacts, 'msisdn', msisdn);
    const reservedForMs = this.config.contactReservationMs;
    const wanted = { kind: 'msisdn', streamId, partyId: wantedPartyId, reservedForMs } as const;
    const { partyId, reservation, isRepeat } = await this.contacts.reserve(incoming, wanted);
    const isRefused = reservation !== 'reserved';
    // A refusal names no party: it may be in any lane.
    const earlier = isRepeat && !settled && (await this.earlier(incoming, isRefused ? undefined : partyId));
    if (earlier) return earlier;
    const encrypt = isRefused ? () => '' : await this.encryptorOf(partyId, settled?.personKey);
    const data = {
      partyId,
      name: encrypt('name', name),
      msisdn: encrypt('msisdn', msisdn),
      contactStreamId: streamId,
      firstKey: settled && firstKeyOf(settled),
      reservation,
    };
    return this.parties.handle(registerSubscriber, incoming.to(partyId, data));
  }

  private async encryptorOf(personId: string, made: PersonKey | undefined) {
    const key = made ?? (await this.personKeys.add(personId));
    if (!key) throw new PersonErased(personId);
    return (field: 'name' | 'msisdn', text: string) => encryptText(key, field, text);
  }

  /** First outcome of a repeat. @param streamId its stream, if that is known */
  private async earlier({ id }: IncomingCommand, streamId?: string): Promise<Outcome<IdentityEvent> | undefined> {
    const outcome = await this.store.outcomeOf(id, { streamId });
    return outcome?.published ? outcome : undefined;
  }

  private async obtain(personIds: readonly string[]): Promise<readonly (PersonKey | undefined)[]> {
    const keys = await this.keys.obtainAll(personIds);
    return personIds.map((personId) => keys.get(personId));
  }

  /**
   * Keeps a key to one body, which items alone can't: a number decides about the lane of its
   * registration, and a lane sees the ids of its own commands alone.
   */
  private async refuseOtherBody(batch: IncomingCommand, first: IncomingCommand): Promise<void> {
    const body = `body-${batch.inputHash}`;
    if ((await this.store.claim(batch.id, body)) !== body) throw new IdempotencyKeyReused(batch.id);
    // A restore does not bring claims back, but it does the first item's reservation.
    await this.store.outcomeOf(reservingId(first), { inputHash: batch.inputHash });
  }
}

import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { EventNamed, Recorded } from '@tokengrid/kernel';
import { type Answer, type Answers, problem, refusalOf } from '@tokengrid/service';
import { IssuedSecrets, type ShownKey } from '../key-store/issued-secrets.ts';

type Event<Type extends IdentityEvent['type']> = Recorded<EventNamed<IdentityEvent, Type>>;

/** What identity's events answer. Those that issue a key show its secret as long as that is sealed. */
@Injectable()
export class IdentityAnswers implements Answers<IdentityEvent> {
  constructor(private readonly secrets: IssuedSecrets) {}

  OrganizationRegistered({ commandId, data }: Event<'OrganizationRegistered'>): Promise<Answer> {
    const { partyId, owner } = data;
    return this.showing(commandId, (apiKey) => ({ organizationId: partyId, userId: owner.userId, apiKey }));
  }

  SubscriberRegistered({ commandId, data }: Event<'SubscriberRegistered'>): Promise<Answer> {
    return this.showing(commandId, (apiKey) => ({ subscriberId: data.partyId, apiKey }));
  }

  ApiKeyIssued({ commandId, data }: Event<'ApiKeyIssued'>): Promise<Answer> {
    const { keyId, name, scopes, expiresAt } = data;
    return this.showing(commandId, ({ secret }) => ({ id: keyId, secret, name, scopes, expiresAt }));
  }

  ApiKeyRevoked(): Answer {
    return { status: 204 };
  }

  ApiKeyRefused(event: Event<'ApiKeyRefused'>): Answer {
    return refusalOf(event);
  }

  PartySuspended({ data }: Event<'PartySuspended'>): Answer {
    return { status: 200, body: { partyId: data.partyId, status: 'suspended' } };
  }

  PartyReinstated({ data }: Event<'PartyReinstated'>): Answer {
    return { status: 200, body: { partyId: data.partyId, status: 'active' } };
  }

  PersonalDataErased(): Answer {
    return { status: 204 };
  }

  PartyRefused(event: Event<'PartyRefused'>): Answer {
    return refusalOf(event);
  }

  /** The successor's `ApiKeyIssued`, which comes before it, answers. */
  readonly ApiKeyRotated = 'silent';
  // Steps of a registration: what they lead to answers.
  readonly ContactReserved = 'silent';
  readonly ContactConfirmed = 'silent';
  readonly ContactReleased = 'silent';
  readonly ContactRefused = 'silent';

  private async showing(commandId: string, body: (key: ShownKey) => unknown): Promise<Answer> {
    const key = await this.secrets.shown(commandId);
    if (key) return { status: 201, body: body(key) };
    const detail = 'the secret was shown when it was made, and is destroyed by now; issue another API key';
    return problem(409, 'SECRET_ALREADY_SHOWN', detail);
  }
}

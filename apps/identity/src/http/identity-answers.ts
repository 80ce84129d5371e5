import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { EventNamed, Recorded } from '@tokengrid/kernel';
import { type Answer, type Answers, problem, refusalOf } from '@tokengrid/service';
import { statedLimits } from '../projections/stated-limits.ts';
import { IssuedSecrets, type ShownKey } from '../key-store/issued-secrets.ts';

type Event<Type extends IdentityEvent['type']> = Recorded<EventNamed<IdentityEvent, Type>>;

/** Answers of identity's events. Those of issued keys show the secret while it is sealed. */
@Injectable()
export class IdentityAnswers implements Answers<IdentityEvent> {
  constructor(private readonly secrets: IssuedSecrets) {}

  OrganizationRegistered({ commandId, data }: Event<'OrganizationRegistered'>): Promise<Answer> {
    const { partyId, owner } = data;
    return this.showing(commandId, (apiKey) => ({ organizationId: partyId, userId: owner.userId, apiKey }));
  }

  SubscriberRegistered({ commandId, data }: Event<'SubscriberRegistered'>): Answer | Promise<Answer> {
    if (data.keyless) return { status: 201, body: { subscriberId: data.partyId } };
    return this.showing(commandId, (apiKey) => ({ subscriberId: data.partyId, apiKey }));
  }

  ApiKeyIssued({ commandId, data }: Event<'ApiKeyIssued'>): Promise<Answer> {
    const { keyId, name, scopes, expiresAt, parent } = data;
    const shown = { name, scopes, expiresAt, ...(parent !== undefined && { parent }), ...statedLimits(data) };
    return this.showing(commandId, ({ secret }) => ({ id: keyId, secret, ...shown }));
  }

  ApiKeyRevoked(): Answer {
    return { status: 204 };
  }

  ApiKeyRefused(event: Event<'ApiKeyRefused'>): Answer {
    return refusalOf(event);
  }

  OauthClientRegistered({ commandId, data }: Event<'OauthClientRegistered'>): Answer | Promise<Answer> {
    const { clientId, name, scopes, publicKeys, redirectUris } = data;
    const kinds = { ...(publicKeys && { publicKeys }), ...(redirectUris && { redirectUris }) };
    const shown = { clientId, name, scopes, ...kinds };
    if (publicKeys) return { status: 201, body: shown };
    return this.showing(commandId, ({ secret }) => ({ ...shown, clientSecret: secret }));
  }

  OauthClientSecretRotated({ commandId, data }: Event<'OauthClientSecretRotated'>): Promise<Answer> {
    const { clientId, expiresAt } = data;
    return this.showing(commandId, ({ secret }) => ({
      ...{ clientId, clientSecret: secret, earlierSecretExpiresAt: expiresAt },
    }));
  }

  OauthClientDeleted(): Answer {
    return { status: 204 };
  }

  OauthClientRefused(event: Event<'OauthClientRefused'>): Answer {
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

  PersonInvited({ data: { invitationId, role, expiresAt } }: Event<'PersonInvited'>): Answer {
    return { status: 201, body: { invitationId, role, expiresAt } };
  }

  PersonJoined({ data: { partyId, userId, role } }: Event<'PersonJoined'>): Answer {
    return { status: 200, body: { partyId, userId, role } };
  }

  RoleChanged({ data: { partyId, userId, role } }: Event<'RoleChanged'>): Answer {
    return { status: 200, body: { partyId, userId, role } };
  }

  InvitationWithdrawn(): Answer {
    return { status: 204 };
  }

  MembershipEnded(): Answer {
    return { status: 204 };
  }

  MembershipRefused(event: Event<'MembershipRefused'>): Answer {
    return refusalOf(event);
  }

  PersonErased(): Answer {
    return { status: 204 };
  }

  PersonRefused(event: Event<'PersonRefused'>): Answer {
    return refusalOf(event);
  }

  /** Answered by the successor's `ApiKeyIssued`, which comes before it. */
  readonly ApiKeyRotated = 'silent';
  /** The authorization server answers, not the event. */
  readonly AccessTokenRevoked = 'silent';
  /** Recorded beside a read, which answers. */
  readonly PersonalDataRead = 'silent';
  /** Published by schedule. */
  readonly SigningKeyPublished = 'silent';
  /** Follows the rotation of another key. */
  readonly ApiKeyShortened = 'silent';
  // A page answers, or a later event.
  readonly PersonRegistered = 'silent';
  readonly EmailProofRequested = 'silent';
  readonly EmailProved = 'silent';
  readonly PersonSignedIn = 'silent';
  readonly SignInRefused = 'silent';
  readonly PasswordChanged = 'silent';
  readonly AccessGranted = 'silent';
  readonly AccessGrantEnded = 'silent';
  // Steps of a registration: a later event answers.
  readonly ContactReserved = 'silent';
  readonly ContactConfirmed = 'silent';
  readonly ContactReleased = 'silent';
  readonly ContactRefused = 'silent';

  private async showing(commandId: string, body: (key: ShownKey) => unknown): Promise<Answer> {
    const key = await this.secrets.shown(commandId);
    if (key) return { status: 201, body: body(key) };
    const detail = 'the secret is already shown and destroyed; ask for another one';
    return problem(409, 'SECRET_ALREADY_SHOWN', detail);
  }
}

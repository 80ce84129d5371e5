import { Inject, Injectable } from '@nestjs/common';
import { type AccessGrantEnded, actorText, commandIdOf, type EventOf } from '@tokengrid/contracts';
import { type Scope, scopesOfRole, serviceConfig } from '@tokengrid/service';
import type { IdentityConfig } from '../config.ts';
import { endAccessGrant } from '../decisions/people/end-access-grant.ts';
import { grantAccess } from '../decisions/people/grant-access.ts';
import { type AccessGrant, isPerson } from '../decisions/state/person.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';
import { People } from '../streams/people.ts';

/** Tolerated difference of clocks, beyond the life of a grant's last token. */
const toleranceMs = 60_000;

/** What people allow clients, as their streams state it. */
@Injectable()
export class PersonGrants {
  constructor(
    private readonly people: People,
    private readonly directory: PeopleDirectory,
    @Inject(serviceConfig) private readonly config: Pick<IdentityConfig, 'accessTokenSeconds'>,
  ) {}

  /** A grant that was not ended. */
  async active(userId: string, grantId: string): Promise<AccessGrant | undefined> {
    const state = await this.people.load(userId);
    return isPerson(state) ? state.grants.find((grant) => grant.grantId === grantId) : undefined;
  }

  /** Grants of a person, the oldest first. */
  async of(userId: string): Promise<readonly AccessGrant[]> {
    const state = await this.people.load(userId);
    return isPerson(state) ? state.grants : [];
  }

  /**
   * Scopes that a grant's person has now for its party; `undefined` if the person is no member any
   * more. A grant without a party has none.
   */
  async scopesOf(userId: string, { partyId }: AccessGrant): Promise<readonly Scope[] | undefined> {
    if (partyId === undefined) return [];
    const membership = await this.directory.membership(partyId, userId);
    return membership && scopesOfRole(membership.partyKind, membership.role);
  }

  async give(userId: string, grant: AccessGrant): Promise<void> {
    await this.people.handle(grantAccess, command(userId, 'GRANT', grant.grantId, { userId, ...this.given(grant) }));
  }

  /** Ends a grant: its tokens stop working everywhere. One that has ended is no error. */
  async end(
    userId: string,
    grantId: string,
    reason: EventOf<typeof AccessGrantEnded>['data']['reason'],
  ): Promise<void> {
    if (!(await this.active(userId, grantId))) return;
    const data = { userId, grantId, reason, tokensMs: this.tokensMs };
    await this.people.handle(endAccessGrant, command(userId, 'END-GRANT', grantId, data));
  }

  private given(grant: AccessGrant) {
    return { grant, tokensMs: this.tokensMs };
  }

  private get tokensMs(): number {
    return this.config.accessTokenSeconds * 1000 + toleranceMs;
  }
}

const anonymousParty = 'anonymous';

function command<Data>(userId: string, verb: string, grantId: string, data: Data) {
  const id = commandIdOf(userId, verb, 'access-grants', grantId);
  // A person acts for themselves here, for no party.
  const actor = actorText({ party: anonymousParty, person: userId });
  return { id, streamId: userId, data, actor, correlationId: id };
}

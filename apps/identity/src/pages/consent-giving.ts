import { Injectable } from '@nestjs/common';
import { operatorPartyId } from '@tokengrid/contracts';
import { audienceOf, scopesOfRole } from '@tokengrid/service';
import type { Provider } from 'oidc-provider';
import { claimsByScope } from '../oauth/accounts.ts';
import { PersonGrants } from '../oauth/person-grants.ts';
import { scopesByAudience } from '../oauth/services.ts';
import type { MembershipRow } from '../projections/memberships.table.ts';
import { PartyDirectory } from '../projections/party-directory.ts';
import { PartyViews } from '../projections/party-views.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';

/** A party that a person may act for. */
export interface PartyOfPerson {
  readonly partyId: string;
  readonly name: string;
  readonly role: MembershipRow['role'];
  readonly kind: MembershipRow['partyKind'];
}

/** What a client asks of a person. */
export interface AskedAccess {
  readonly userId: string;
  readonly clientId: string;
  /** Scopes of OpenID Connect. */
  readonly openid: readonly string[];
  /** Scopes of services. */
  readonly services: readonly string[];
  readonly parties: readonly PartyOfPerson[];
}

const openidScopes: readonly string[] = [...Object.keys(claimsByScope), 'offline_access'];

/** Turns what a client asks for into a grant, once the person allows it. */
@Injectable()
export class ConsentGiving {
  constructor(
    private readonly people: PeopleDirectory,
    private readonly parties: PartyDirectory,
    private readonly views: PartyViews,
    private readonly grants: PersonGrants,
  ) {}

  /** @param params of the authorization request */
  async asked(userId: string, params: Readonly<Record<string, unknown>>): Promise<AskedAccess> {
    const scopes = String(params['scope'] ?? '').split(' ');
    const resources = [params['resource'] ?? []].flat() as unknown as readonly string[];
    const known = resources.flatMap((resource) => scopesByAudience.get(resource) ?? []);
    const services = scopes.filter((scope) => known.includes(scope));
    const parties = services.length > 0 ? await this.partiesOf(userId) : [];
    const openid = scopes.filter((scope) => openidScopes.includes(scope));
    return { userId, clientId: String(params['client_id']), openid, services, parties };
  }

  /** Parties that a person acts for, with their names. */
  async partiesOf(userId: string): Promise<readonly PartyOfPerson[]> {
    const memberships = await this.people.membershipsOfPerson(userId);
    return Promise.all(
      memberships.map(async ({ partyId, role, partyKind: kind }) => ({
        ...{ partyId, role, kind, name: await this.nameOf(partyId) },
      })),
    );
  }

  /** Grants what was asked, within the person's role for the party. @returns id of the grant */
  async give(provider: Provider, asked: AskedAccess, party: PartyOfPerson | undefined): Promise<string> {
    const { userId, clientId, openid, services } = asked;
    const grant = new provider.Grant({ accountId: userId, clientId });
    // The library asks again for each scope that it knows by name and does not find here.
    grant.addOIDCScope([...openid, ...services].join(' '));
    const held: readonly string[] = party ? scopesOfRole(party.kind, party.role) : [];
    for (const scope of services) {
      const resource = audienceOf(scope.slice(0, scope.indexOf(':')));
      if (held.includes(scope)) grant.addResourceScope(resource, scope);
      // A scope that was refused once is not asked for at every sign-in.
      else grant.rejectResourceScope(resource, scope);
    }
    const grantId = await grant.save();
    const scopes = [...openid, ...services.filter((scope) => held.includes(scope))];
    await this.grants.give(userId, { grantId, clientId, partyId: party?.partyId, scopes });
    return grantId;
  }

  private async nameOf(partyId: string): Promise<string> {
    if (partyId === operatorPartyId) return partyId;
    const row = await this.parties.registered(partyId);
    return (row && (await this.views.of(row)).name) ?? partyId;
  }
}

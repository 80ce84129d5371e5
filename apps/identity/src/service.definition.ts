import { identityCatalogue, type IdentityEvent } from '@tokengrid/contracts';
import { dataOf, type ServiceDefinition } from '@tokengrid/service';
import { identityApi } from './api.ts';
import { callersData } from './callers/callers.data.ts';
import { IdentityAnswers } from './http/identity-answers.ts';
import { LostKeys } from './key-store/lost-keys.ts';
import { IdentityProjections1764210000000 } from './migrations/1764210000000-identity-projections.ts';
import { Oauth1764210000001 } from './migrations/1764210000001-oauth.ts';
import { People1765200000000 } from './migrations/1765200000000-people.ts';
import { SignIn1765300000000 } from './migrations/1765300000000-sign-in.ts';
import { memberships } from './projections/memberships.projection.ts';
import { InvitationRow, MembershipRow } from './projections/memberships.table.ts';
import { oauthClients } from './projections/oauth-clients.projection.ts';
import { OauthClientRow } from './projections/oauth-clients.table.ts';
import { parties } from './projections/parties.projection.ts';
import { PartyRow } from './projections/parties.table.ts';
import { partyKeys } from './projections/party-keys.projection.ts';
import { PartyKeyRow } from './projections/party-keys.table.ts';
import { people } from './projections/people.projection.ts';
import { PersonRow } from './projections/people.table.ts';

/** Definition of identity. */
export const identityService: ServiceDefinition<IdentityEvent, undefined> = {
  catalogue: identityCatalogue,
  projections: [parties, partyKeys, oauthClients, people, memberships],
  foreignProjections: callersData.foreignProjections,
  migrations: [
    IdentityProjections1764210000000,
    Oauth1764210000001,
    ...callersData.migrations,
    People1765200000000,
    SignIn1765300000000,
  ],
  entities: [PartyRow, PartyKeyRow, OauthClientRow, PersonRow, MembershipRow, InvitationRow],
  audit: { scope: 'identity:audit:read', streamsOf: (partyId) => [partyId] },
  answers: IdentityAnswers,
  faults: LostKeys,
  api: identityApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(identityService);

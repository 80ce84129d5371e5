import type { IdentityEvent } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** Every party that has registered: usage of others waits for them. */
export const knownParties: Projection<IdentityEvent, string[]> = {
  name: 'known-parties',
  tables: ['known_parties'],
  streamsApart: true,
  begin: () => [],
  on: {
    OrganizationRegistered: (parties, { data }) => void parties.push(data.partyId),
    SubscriberRegistered: (parties, { data }) => void parties.push(data.partyId),
    ContactReserved: 'ignored',
    ContactConfirmed: 'ignored',
    ContactReleased: 'ignored',
    ContactRefused: 'ignored',
    ApiKeyIssued: 'ignored',
    ApiKeyRotated: 'ignored',
    ApiKeyRevoked: 'ignored',
    ApiKeyRefused: 'ignored',
    // What a party used before it was suspended, it owes; whether it may go on using is decided where it uses.
    PartySuspended: 'ignored',
    PartyReinstated: 'ignored',
    PersonalDataErased: 'ignored',
    PartyRefused: 'ignored',
  },
  async flush(sql, parties) {
    await sql.query('insert into known_parties (party_id) select * from unnest($1::text[])', [parties]);
  },
};

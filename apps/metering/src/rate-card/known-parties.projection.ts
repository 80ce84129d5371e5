import type { EventOf, OrganizationRegistered, SubscriberRegistered } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/**
 * Every party that has registered: usage of others waits for them. What a party used before it was
 * suspended, it owes; whether it may go on using is decided where it uses.
 */
export const knownParties: Projection<
  EventOf<typeof OrganizationRegistered | typeof SubscriberRegistered>,
  string[]
> = {
  name: 'known-parties',
  tables: ['known_parties'],
  streamsApart: true,
  begin: () => [],
  on: {
    OrganizationRegistered: (parties, { data }) => void parties.push(data.partyId),
    SubscriberRegistered: (parties, { data }) => void parties.push(data.partyId),
  },
  async flush(sql, parties) {
    await sql.query('insert into known_parties (party_id) select * from unnest($1::text[])', [parties]);
  },
};

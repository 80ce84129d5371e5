import type { EventsOf, partyEvents, registrationEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { PartyRow } from './parties.table.ts';

interface Batch {
  readonly registered: PartyRow[];
  /** Last status in the batch, by party. */
  readonly statuses: Map<string, PartyRow['status']>;
  readonly erased: string[];
}

/** All registered parties. */
export const parties: Projection<EventsOf<typeof registrationEvents | typeof partyEvents>, Batch> = {
  name: 'parties',
  tables: ['parties'],
  begin: () => ({ registered: [], statuses: new Map(), erased: [] }),
  on: {
    OrganizationRegistered: (batch, { data: { partyId, kind, name, owner }, lane, time }) =>
      void batch.registered.push({
        ...newParty(lane, partyId, time),
        kind,
        personId: owner.userId,
        name,
        ownerName: owner.name,
        email: owner.email,
      }),
    SubscriberRegistered: (batch, { data: { partyId, name, msisdn }, lane, time }) =>
      void batch.registered.push({ ...newParty(lane, partyId, time), name, msisdn }),
    PartySuspended: (batch, { data }) => void batch.statuses.set(data.partyId, 'suspended'),
    PartyReinstated: (batch, { data }) => void batch.statuses.set(data.partyId, 'active'),
    PersonalDataRead: 'ignored',
    PersonalDataErased: (batch, { data }) => void batch.erased.push(data.partyId),
    PartyRefused: 'ignored',
  },
  async flush(sql, { registered, statuses, erased }, lane) {
    if (registered.length > 0) await insertParties(sql, lane, registered);
    if (statuses.size > 0) {
      await sql.query(
        `update parties set status = changed.status
         from unnest($2::text[], $3::text[]) as changed (party_id, status)
         where parties.lane = $1 and parties.party_id = changed.party_id`,
        [lane, [...statuses.keys()], [...statuses.values()]],
      );
    }
    if (erased.length > 0) {
      await sql.query(
        `update parties set erased = true, name = null, owner_name = null, email = null, msisdn = null
         where lane = $1 and party_id = any($2::text[])`,
        [lane, erased],
      );
    }
  },
};

/** A subscriber by default. */
function newParty(lane: number, partyId: string, time: number): PartyRow {
  return {
    lane,
    partyId,
    kind: 'subscriber',
    status: 'active',
    personId: partyId,
    name: null,
    ownerName: null,
    email: null,
    msisdn: null,
    erased: false,
    registeredAt: time,
  };
}

async function insertParties(sql: SqlWriter, lane: number, rows: readonly PartyRow[]): Promise<void> {
  await sql.query(
    `insert into parties (lane, party_id, kind, status, person_id, name, owner_name, email, msisdn, registered_at, erased)
     select $10::int, new.*, false
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[]) as new`,
    [
      rows.map(({ partyId }) => partyId),
      rows.map(({ kind }) => kind),
      rows.map(({ status }) => status),
      rows.map(({ personId }) => personId),
      rows.map(({ name }) => name),
      rows.map(({ ownerName }) => ownerName),
      rows.map(({ email }) => email),
      rows.map(({ msisdn }) => msisdn),
      rows.map(({ registeredAt }) => registeredAt),
      lane,
    ],
  );
}

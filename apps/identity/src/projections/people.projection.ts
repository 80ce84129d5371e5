import type { EventOf, EventsOf, personEvents, PersonRegistered } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Registered {
  readonly data: EventOf<typeof PersonRegistered>['data'];
  /** Epoch milliseconds. */
  readonly time: number;
}

interface Batch {
  readonly registered: Registered[];
  readonly proved: string[];
  readonly erased: string[];
}

/** All people, erased ones too. */
export const people: Projection<EventsOf<typeof personEvents>, Batch> = {
  name: 'people',
  tables: ['people'],
  begin: () => ({ registered: [], proved: [], erased: [] }),
  on: {
    PersonRegistered: (batch, { data, time }) => void batch.registered.push({ data, time }),
    EmailProved: (batch, { data }) => void batch.proved.push(data.userId),
    PersonErased: (batch, { data }) => void batch.erased.push(data.userId),
    EmailProofRequested: 'ignored',
    PersonSignedIn: 'ignored',
    SignInRefused: 'ignored',
    PasswordChanged: 'ignored',
    AccessGranted: 'ignored',
    AccessGrantEnded: 'ignored',
    PersonRefused: 'ignored',
  },
  async flush(sql, { registered, proved, erased }, lane) {
    if (registered.length > 0) {
      await sql.query(
        `insert into people (lane, user_id, contact_stream_id, name, email, registered_at, email_proved, erased)
         select $6::int, new.*, false, false
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as new`,
        [
          registered.map(({ data }) => data.userId),
          registered.map(({ data }) => data.contactStreamId),
          registered.map(({ data }) => data.name),
          registered.map(({ data }) => data.email),
          registered.map(({ time }) => time),
          lane,
        ],
      );
    }
    if (proved.length > 0) {
      await sql.query('update people set email_proved = true where lane = $1 and user_id = any($2::text[])', [
        lane,
        proved,
      ]);
    }
    if (erased.length > 0) {
      await sql.query(
        'update people set erased = true, name = null, email = null where lane = $1 and user_id = any($2::text[])',
        [lane, erased],
      );
    }
  },
};

import type { EventsOf, someEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { SomeViewRow } from './some-view.table.ts';

/** Rows by stream. */
type Batch = Map<string, SomeViewRow>;

/** Number of events of each stream, until it is told what to show of them. */
export const someView: Projection<EventsOf<typeof someEvents>, Batch> = {
  name: 'some-view',
  tables: ['some_view'],
  begin: () => new Map(),
  on: {},
  async flush(sql, batch, lane) {
    const rows = [...batch.values()];
    await sql.query(
      `insert into some_view (lane, stream_id, events)
       select $1::int, counted.* from unnest($2::text[], $3::int[]) counted
       on conflict (lane, stream_id) do update set events = some_view.events + excluded.events`,
      [lane, rows.map(({ streamId }) => streamId), rows.map(({ events }) => events)],
    );
  },
};

function count(batch: Batch, { lane, streamId }: { readonly lane: number; readonly streamId: string }): void {
  batch.set(streamId, { lane, streamId, events: (batch.get(streamId)?.events ?? 0) + 1 });
}

import { type Catalogue, readData, UnreadableEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import type { UnreadableFound } from './unreadable-found.ts';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** Maximum number of events in one page. */
const pageEvents = 5000;

/** Columns of an event that projections use. */
const columns =
  'sequence, stream_id, revision, type, version, time, command_id, causation_id, correlation_id, actor, value';

type Row = [
  sequence: string,
  streamId: string,
  revision: number,
  type: string,
  version: number,
  time: string,
  commandId: string,
  causationId: string,
  correlationId: string,
  actor: string,
  value: Buffer,
];

export interface StoredPagesOptions {
  readonly client: Queryable;
  readonly catalogue: Catalogue;
  /** Events of other types are skipped. */
  readonly types: readonly string[];
  readonly lane: number;
  readonly after: number;
  readonly upTo: number;
  /** Called for unreadable events, which are left out. */
  readonly unreadable: (found: UnreadableFound) => void;
}

/**
 * A lane's stored events in order, page by page, in the form of projections. The next page is read
 * while the caller works on the last.
 */
export async function* storedPages(options: StoredPagesOptions): AsyncGenerator<readonly Recorded<DomainEvent>[]> {
  let reading = ahead(options, options.after);
  for (;;) {
    const rows = await reading;
    const last = rows.at(-1);
    if (last === undefined) return;
    const more = rows.length === pageEvents;
    if (more) reading = ahead(options, Number(last[0]));
    yield rows.flatMap((row) => recordedOfRow(options, row));
    if (!more) return;
  }
}

/** Starts a read. Its failure surfaces when the caller awaits it, not before. */
function ahead({ client, lane, types, upTo }: StoredPagesOptions, after: number): Promise<Row[]> {
  const reading = client
    .query<Row>({
      name: 'stored-page',
      text: `select ${columns} from events
             where lane = $1 and sequence > $2 and sequence <= $3 and type = any($4) order by sequence limit ${pageEvents}`,
      values: [lane, after, upTo, types],
      rowMode: 'array',
    })
    .then(({ rows }) => rows);
  reading.catch(() => undefined);
  return reading;
}

function recordedOfRow({ catalogue, lane, unreadable }: StoredPagesOptions, row: Row): Recorded<DomainEvent>[] {
  const [sequence, streamId, revision, type, version, time, commandId, causationId, correlationId, actor, value] = row;
  const id = `${catalogue.service}/${lane}/${sequence}`;
  let data: unknown;
  try {
    data = readData(catalogue, { type, version, value });
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    unreadable({ lane, sequence: Number(sequence), id, streamId, type, reason: error.message });
    return [];
  }
  const recorded = {
    type,
    data,
    id,
    service: catalogue.service,
    lane,
    sequence: Number(sequence),
    streamId,
    revision,
    time: Number(time),
    commandId,
    causationId,
    correlationId,
    actor,
  };
  return [recorded];
}

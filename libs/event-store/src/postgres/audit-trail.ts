import { actorOfText, type Actor, eventId } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import type { SqlClient } from '../projection.ts';
import { acrossLanes } from './across-lanes.ts';

/** An event as its auditor sees it: without its data. */
export interface AuditedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly streamId: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly actor: Actor;
  readonly causationId: string;
  readonly correlationId: string;
  readonly place: AuditPlace;
}

/** Place of an event in the order of an audit: the latest first. */
export type AuditPlace = readonly [time: number, lane: number, sequence: number];

/** The events asked for. Whatever is absent does not limit them. */
export interface AuditQuery {
  /** Party that did it. */
  readonly party?: string | undefined;
  /** Person that did it, or its key. */
  readonly person?: string | undefined;
  /** Stream that it was done to. */
  readonly object?: string | undefined;
  /** Epoch milliseconds; the end is excluded. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only events after this place, which are earlier. */
  readonly after?: AuditPlace | undefined;
  readonly limit: number;
  /** A party that sees only what it did itself, and what was done to its streams. */
  readonly seenBy?: { readonly party: string; readonly streams: readonly string[] } | undefined;
  /** Streams of the party that did it, on which most of what it does is found. */
  readonly streams?: readonly string[] | undefined;
}

/** Found events, and the place up to which a bounded look has come, if it ended early. */
export interface Audited {
  readonly events: readonly AuditedEvent[];
  readonly lookedUpTo: AuditPlace | undefined;
}

/** Maximum number of a lane's events that one look without an index goes through. */
const mostLookedAt = 5000;

/**
 * Condition of the index `events_by_stranger`: acts of parties on streams that do not have their
 * id. The others are found by their streams. The operator's and the system's are too many, and the
 * lanes' own streams are the operator's books.
 */
export const byStranger = `split_part(actor, '/', 1) not in ('operator', 'system', 'anonymous')
  and stream_id not like 'lane-%' and strpos(stream_id, substr(split_part(actor, '/', 1), 5)) = 0`;

/** Parties whose acts have no index, because they are too many or nobody's. */
const unindexed: readonly string[] = ['operator', 'system', 'anonymous'];

/** The events of a service by their actors, as stored: a query over its own log. */
export class AuditTrail {
  constructor(
    private readonly sql: SqlClient,
    private readonly service: string,
    private readonly lanes: number,
  ) {}

  /** Events in the order of their time, the latest first. */
  async find(query: AuditQuery): Promise<Audited> {
    const { rows } = await this.sql.query<Row>(...this.statement(query));
    const edge = rows[0]?.edge ?? null;
    const events = rows.flatMap((row) => (row.sequence === null ? [] : [this.auditedOf(row as Found)]));
    return { events, lookedUpTo: edge === null ? undefined : [Number(edge) + 1, 0, 0] };
  }

  private statement({ party, person, object, from = 0, to, after, limit, seenBy, streams }: AuditQuery) {
    const values: unknown[] = [];
    const value = (given: unknown) => `$${values.push(given)}`;
    const until = Math.min(to ?? Number.MAX_SAFE_INTEGER, after === undefined ? Number.MAX_SAFE_INTEGER : after[0] + 1);
    const filters = [
      party !== undefined && `split_part(actor, '/', 1) = ${value(party)}::text`,
      person !== undefined && `${value(person)}::text in (split_part(actor, '/', 2), split_part(actor, '/', 3))`,
      after && `(time, lane, sequence) < (${after.map((part) => `${value(part)}::int8`).join(', ')})`,
    ];
    const places = placesBetween(value(from - 1), value(until - 1));
    const most = value(limit);
    const ofStreams = (of: readonly string[], further: readonly string[] = []) =>
      fromStreams(
        value(of),
        value(of.map((stream) => laneOf(stream, this.lanes))),
        [...filters, ...further].filter((filter) => filter !== false && filter !== undefined),
        most,
      );
    const byParty = (actor: string) =>
      fromLanes([byStranger, `split_part(actor, '/', 1) = ${value(actor)}::text`, ...filters], most);
    const looks: string[] = [];
    let reached = 'select places.*, since as reached, null::int8 as edge from places';
    if (object !== undefined) {
      const isMine = seenBy && !seenBy.streams.includes(object);
      looks.push(ofStreams([object], isMine ? [`split_part(actor, '/', 1) = ${value(seenBy.party)}::text`] : []));
    } else if (seenBy) {
      looks.push(ofStreams(seenBy.streams), byParty(seenBy.party));
    } else if (party !== undefined && !unindexed.includes(party)) {
      looks.push(ofStreams(streams ?? []), byParty(party));
    } else {
      looks.push(fromLanes(['sequence > reached', 'time > coalesce(edge_time, -1)', ...filters], most));
      reached = reachedWithin(value(mostLookedAt));
    }
    const found = looks.map((look) => `(${look})`).join(' union ');
    const text = `${acrossLanes} with recursive ${places}, reaches as (${reached}), edges as (select max(edge) as edge from reaches)
      select edge, found.* from edges left join (
        select * from (${found}) each order by time desc, lane desc, sequence desc limit ${most}
      ) found on true order by time desc, lane desc, sequence desc`;
    return [text, values] as const;
  }

  private auditedOf(row: Found): AuditedEvent {
    const { lane, type, stream_id: streamId, causation_id: causationId, correlation_id: correlationId } = row;
    const [time, sequence] = [Number(row.time), Number(row.sequence)];
    return {
      ...{ eventId: eventId({ service: this.service, lane, sequence }), type, streamId, time },
      ...{ actor: actorOfText(row.actor), causationId, correlationId, place: [time, lane, sequence] },
    };
  }
}

interface Found {
  readonly lane: number;
  readonly sequence: string;
  readonly type: string;
  readonly stream_id: string;
  readonly time: string;
  readonly actor: string;
  readonly causation_id: string;
  readonly correlation_id: string;
}

type Row = { readonly edge: string | null } & (Found | { readonly sequence: null });

const columns = 'lane, sequence, type, stream_id, time, actor, causation_id, correlation_id';

/**
 * Sequences of each lane between two times, `since` excluded and `upto` included, by bisection:
 * times never go back in a lane, and have no index.
 */
const placesBetween = (before: string, last: string): string => `
  bisected as (
    select lanes.lane, bound, at, first - 1 as low, lanes.sequence as high
    from lanes cross join (values (0, ${before}::int8), (1, ${last}::int8)) bounds (bound, at)
    cross join lateral (select min(sequence) as first from events where events.lane = lanes.lane) stored
    where first is not null
    union all
    select half.lane, bound, at, case when time <= at then middle else low end,
           case when time <= at then high else middle - 1 end
    from (select *, (low + high + 1) / 2 as middle from bisected where low < high) half
    join events on events.lane = half.lane and events.sequence = middle
  ), places as (
    select lane, max(low) filter (where bound = 0) as since, max(low) filter (where bound = 1) as upto
    from bisected where low = high group by lane
  )`;

/**
 * How far back a look without an index goes in each lane, and the time of that place. A longer run
 * of one time is looked at as a whole, so that the next look begins at another one.
 */
const reachedWithin = (most: string): string => `
  select places.*, case when isShort then since else upto - ${most}::int8 end as reached,
         case when isShort then null else low.time end as edge
  from places
  left join events low on low.lane = places.lane and low.sequence = upto - ${most}::int8
  left join events top on top.lane = places.lane and top.sequence = upto
  cross join lateral (select upto - ${most}::int8 <= since or low.time = top.time) short (isShort)`;

const between = 'sequence > since and sequence <= upto';

type Filters = readonly (string | false | undefined)[];

const all = (filters: Filters): string =>
  filters.flatMap((filter) => (filter === false || filter === undefined ? [] : [`and ${filter}`])).join(' ');

const fromStreams = (streams: string, lanes: string, filters: Filters, most: string): string => `
  select event.* from unnest(${streams}::text[], ${lanes}::int4[]) wanted (of_stream, of_lane)
  join places on places.lane = of_lane
  cross join lateral (
    select ${columns} from events
    where lane = of_lane and stream_id = of_stream and ${between} ${all(filters)}
    order by revision desc limit ${most}
  ) event`;

const fromLanes = (filters: Filters, most: string): string => `
  select event.* from reaches cross join (select edge as edge_time from edges) edges cross join lateral (
    select ${columns} from events
    where lane = reaches.lane and ${between} ${all(filters)}
    order by sequence desc limit ${most}
  ) event`;

import type { EventOf, RefusedUse, WalletCharged } from '@tokengrid/contracts';
import { flushing, laneStatement, type Projection, type SqlWriter, writeRows } from '@tokengrid/event-store';
import { type Answer, chargedAtAGlance } from './charged-at-a-glance.ts';

interface Batch {
  readonly charged: Position[];
  /** Uses that waited no longer at some time of the batch. */
  readonly settled: Set<string>;
  /** Uses that wait at its end. */
  readonly refused: Map<string, Refused>;
}

/** A use that waits. */
interface Refused {
  /** Absent where it waited before, and another use of its period lowered it. */
  readonly ratedBy: Position | undefined;
  readonly use: RefusedUse;
  readonly partyId: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Position of an event of metering: its lane and sequence. */
interface Position {
  readonly lane: number;
  readonly sequence: number;
}

/**
 * What the wallet answered: a row for each event of metering whose uses it has charged, refunded or
 * refused, and one for each use that waits for tokens.
 */
export const walletAnswers: Projection<EventOf<typeof WalletCharged>, Batch> = {
  name: 'wallet-answers',
  tables: ['charged_events', 'refused_uses'],
  streamsApart: true,
  glance: chargedAtAGlance,
  begin: () => ({ charged: [], settled: new Set(), refused: new Map() }),
  on: {
    WalletCharged: ({ charged, settled, refused }, { data, time }) => {
      const answer: Answer = data;
      const { partyId, ratedBy } = answer;
      const by = ratedBy === undefined ? undefined : positionOf(ratedBy);
      if (by) charged.push(by);
      for (const use of answer.refused) {
        const { ratedBy: before, time: since = time } = refused.get(use.usageId) ?? {};
        refused.set(use.usageId, { ratedBy: use.setOffBy === undefined ? by : before, use, partyId, time: since });
      }
      const settle = (usageId: string) => {
        settled.add(usageId);
        refused.delete(usageId);
      };
      // Only a correction, or tokens that came, settle what was refused before.
      for (const { usageId, number } of answer.uses) if (number !== undefined || !by) settle(usageId);
      for (const { usageId } of answer.refunded) settle(usageId);
    },
  },
  ...flushing(async (sql, ofLanes) => {
    const charged = ofLanes.map(({ lane, batch }) => ({ lane, rows: batch.charged }));
    await writeRows(sql, insertCharged, charged, (rows) => [rows.map((by) => by.lane), rows.map((by) => by.sequence)]);
    for (const { lane, batch } of ofLanes) await writeWaiting(sql, batch, lane);
  }),
};

/** Few uses wait: they are written by lane. */
async function writeWaiting(sql: SqlWriter, { settled, refused }: Batch, lane: number): Promise<void> {
  if (settled.size > 0) {
    await sql.query('delete from refused_uses where lane = $1 and usage_id = any($2::text[])', [lane, [...settled]]);
  }
  const waiting = [...refused.values()];
  await upsertRefused(sql, lane, waiting.filter(isStated));
  const lowered = waiting.filter((each) => !isStated(each));
  await lower(sql, lane, lowered);
}

type Stated = Refused & { readonly ratedBy: Position };
const isStated = (refused: Refused): refused is Stated => refused.ratedBy !== undefined;

/** What waited before waits for less. */
async function lower(sql: SqlWriter, lane: number, refused: readonly Refused[]): Promise<void> {
  if (refused.length === 0) return;
  await sql.query(
    `update refused_uses set tokens = lowered.tokens
     from unnest($2::text[], $3::numeric[]) lowered (usage_id, tokens)
     where refused_uses.lane = $1 and refused_uses.usage_id = lowered.usage_id`,
    [lane, refused.map(({ use }) => use.usageId), refused.map(({ use }) => use.tokens.toString())],
  );
}

async function upsertRefused(sql: SqlWriter, lane: number, refused: readonly Stated[]): Promise<void> {
  if (refused.length === 0) return;
  await sql.query(upsert, [
    lane,
    refused.map(({ use }) => use.usageId),
    refused.map(({ ratedBy }) => ratedBy.lane),
    refused.map(({ ratedBy }) => ratedBy.sequence),
    refused.map(({ partyId }) => partyId),
    refused.map(({ use }) => use.code),
    refused.map(({ time }) => time),
    refused.map(({ use }) => use.source),
    refused.map(({ use }) => use.eventId),
    refused.map(({ use }) => use.app ?? null),
    refused.map(({ use }) => use.model ?? null),
    refused.map(({ use }) => JSON.stringify(use.units)),
    refused.map(({ use }) => use.tokens.toString()),
    refused.map(({ use }) => Date.parse(use.time)),
  ]);
}

/** @param id `metering/<lane>/<sequence>` */
function positionOf(id: string): Position {
  const [, lane, sequence] = id.split('/');
  return { lane: Number(lane), sequence: Number(sequence) };
}

const insertCharged = laneStatement(
  ({ lane, array, column }) => `
  insert into charged_events (lane, rated_lane, sequence)
  select ${lane}, rated_lane, sequence from unnest(${array}$2::int[], $3::bigint[]) charged (${column}rated_lane, sequence)`,
);
const columns =
  'usage_id, rated_lane, sequence, party_id, code, refused_at, source, event_id, app, model, units, tokens, used_at';
const upsert = `
  insert into refused_uses (lane, ${columns})
  select $1::int, usage_id, rated_lane, sequence, party_id, code, refused_at, source, event_id, app, model, units::jsonb,
    tokens, used_at
  from unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::numeric[], $14::bigint[]) refused (${columns})
  on conflict (lane, usage_id) do update set rated_lane = excluded.rated_lane, sequence = excluded.sequence,
    code = excluded.code, units = excluded.units, tokens = excluded.tokens`;

import type { EventOf, WalletCharged } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Batch {
  readonly charged: RatedBy[];
  readonly refused: Refused[];
}

/** A refused use. */
interface Refused {
  readonly ratedBy: RatedBy;
  readonly usageId: string;
  readonly partyId: string;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Position of a `UsageRated` event: its lane and sequence. */
interface RatedBy {
  readonly lane: number;
  readonly sequence: number;
}

/**
 * What the wallet answered: a row for each `UsageRated` event that it has charged, and one for each
 * use of it that it refused.
 */
export const walletAnswers: Projection<EventOf<typeof WalletCharged>, Batch> = {
  name: 'wallet-answers',
  tables: ['charged_events', 'refused_uses'],
  streamsApart: true,
  begin: () => ({ charged: [], refused: [] }),
  on: {
    WalletCharged: ({ charged, refused }, { data, time }) => {
      const ratedBy = positionOf(data.ratedBy);
      charged.push(ratedBy);
      const { partyId } = data;
      for (const { usageId, code } of data.refused) refused.push({ ratedBy, usageId, partyId, code, time });
    },
  },
  async flush(sql, { charged, refused }, lane) {
    if (charged.length > 0) {
      await sql.query(insertCharged, [lane, charged.map((by) => by.lane), charged.map((by) => by.sequence)]);
    }
    if (refused.length > 0) {
      await sql.query(insertRefused, [
        lane,
        refused.map(({ usageId }) => usageId),
        refused.map(({ ratedBy }) => ratedBy.lane),
        refused.map(({ ratedBy }) => ratedBy.sequence),
        refused.map(({ partyId }) => partyId),
        refused.map(({ code }) => code),
        refused.map(({ time }) => time),
      ]);
    }
  },
};

/** @param id `metering/<lane>/<sequence>` */
function positionOf(id: string): RatedBy {
  const [, lane, sequence] = id.split('/');
  return { lane: Number(lane), sequence: Number(sequence) };
}

const insertCharged = `
  insert into charged_events (lane, rated_lane, sequence)
  select $1::int, rated_lane, sequence from unnest($2::int[], $3::bigint[]) charged (rated_lane, sequence)`;
const refusedColumns = 'usage_id, rated_lane, sequence, party_id, code, refused_at';
const insertRefused = `
  insert into refused_uses (lane, ${refusedColumns})
  select $1::int, ${refusedColumns}
  from unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
    refused (${refusedColumns})`;

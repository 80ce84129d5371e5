import type {
  bookEvents,
  EventOf,
  EventsOf,
  statementEvents,
  StatementMade,
  StatementPaid,
} from '@tokengrid/contracts';
import { encodeData } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';

interface Batch {
  readonly made: Recorded<EventOf<typeof StatementMade>>[];
  readonly paid: EventOf<typeof StatementPaid>['data'][];
}

/**
 * All statements, the wallet lanes that pay them, and their payments. Payments are rows of their
 * own: they come from other lanes than the statement, and may be replayed before it.
 */
export const statementsMade: Projection<EventsOf<typeof bookEvents | typeof statementEvents>, Batch> = {
  name: 'statements',
  tables: ['statements', 'statement_parts', 'statement_payments'],
  begin: () => ({ made: [], paid: [] }),
  on: {
    StatementMade: (batch, event) => void batch.made.push(event),
    StatementPaid: (batch, { data }) => void batch.paid.push(data),
    LaneCounted: 'ignored',
    PeriodClosed: 'ignored',
  },
  async flush(sql, { made, paid }, lane) {
    if (made.length > 0) {
      await insertStatements(sql, lane, made);
      await insertParts(sql, lane, made);
    }
    if (paid.length > 0) await insertPayments(sql, lane, paid);
  },
};

async function insertStatements(sql: SqlWriter, lane: number, made: Batch['made']): Promise<void> {
  await sql.query(
    `insert into statements (lane, statement_id, period, party_id, lines, tokens, made_by, made_at)
     select $8::int, statement_id, period, party_id, lines::jsonb, tokens, made_by, made_at
     from unnest(
       $1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::bigint[]
     ) made (statement_id, period, party_id, lines, tokens, made_by, made_at)`,
    [
      made.map(({ data }) => data.statementId),
      made.map(({ data }) => data.period),
      made.map(({ data }) => data.partyId),
      made.map(({ data }) => encodeData(data.lines).toString()),
      made.map(({ data }) => data.tokens.toString()),
      made.map(({ id }) => id),
      made.map(({ time }) => time),
      lane,
    ],
  );
}

async function insertParts(sql: SqlWriter, lane: number, made: Batch['made']): Promise<void> {
  const parts = made.flatMap(({ data: { statementId, period, payFrom } }) =>
    payFrom.map((part) => ({ ...part, statementId, period })),
  );
  await sql.query(
    `insert into statement_parts (lane, statement_id, wallet_lane, period, tokens)
     select $5::int, part.* from unnest($1::text[], $2::int[], $3::text[], $4::numeric[]) part`,
    [
      parts.map(({ statementId }) => statementId),
      parts.map(({ walletLane }) => walletLane),
      parts.map(({ period }) => period),
      parts.map(({ tokens }) => tokens.toString()),
      lane,
    ],
  );
}

async function insertPayments(sql: SqlWriter, lane: number, paid: Batch['paid']): Promise<void> {
  await sql.query(
    `insert into statement_payments (lane, statement_id, wallet_lane, tokens, paid_by)
     select $5::int, paid.* from unnest($1::text[], $2::int[], $3::numeric[], $4::text[]) paid`,
    [
      paid.map(({ statementId }) => statementId),
      paid.map(({ walletLane }) => walletLane),
      paid.map(({ tokens }) => tokens.toString()),
      paid.map(({ paidBy }) => paidBy),
      lane,
    ],
  );
}

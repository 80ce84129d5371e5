import { Controller, Get, Query } from '@nestjs/common';
import { partyId, period } from '@tokengrid/contracts';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import {
  Caller,
  cursorKey,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Refuses,
  Requires,
  Responds,
  rowsAfter,
} from '@tokengrid/service';
import { DataSource, In } from 'typeorm';
import { z } from 'zod';
import { partyShown } from '../party-shown.ts';
import { PaymentRow, StatementRow } from '../../projections/statements.table.ts';

const microAit = z.string().meta({ description: 'µAIT as a decimal string', example: '1250000' });

export const StatementsQuery = pageQuery.extend({
  party: partyId.optional().meta({ description: 'Id of the party' }),
  period: period.optional().meta({ description: 'Day of the period', example: '2026-01-31' }),
});
export type StatementsQuery = z.output<typeof StatementsQuery>;

/** Cursor: period and statement. */
const LastStatement = z.tuple([z.string(), z.string()]);

const StatementAnswer = z
  .strictObject({
    statementId: z.string(),
    period,
    partyId: z.string(),
    lines: z.array(z.strictObject({ role: z.string(), tokens: microAit, uses: z.int() })),
    tokens: microAit.meta({ description: 'sum of the lines' }),
    paid: microAit.meta({ description: 'arrived part of it' }),
    status: z.enum(['due', 'paid']),
  })
  .meta({ id: 'Statement' });

/** Statements. */
@Controller('v1/statements')
export class StatementsController {
  constructor(private readonly database: DataSource) {}

  /** Lists statements, by period. A party sees its own, the operator those of all parties. */
  @Get()
  @Requires('settlement:statements:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(StatementAnswer))
  async listStatements(@Query({ schema: StatementsQuery }) query: StatementsQuery, @Caller() caller: Principal) {
    const { period, cursor, limit } = query;
    const rows = await rowsAfter(
      this.database.getRepository(StatementRow).createQueryBuilder('statement').comment(inAllLanes),
      {
        equal: { partyId: partyShown(caller, query.party), period },
        key: ['period', 'statementId'],
        after: cursorKey(cursor, LastStatement),
        most: limit + 1,
      },
    );
    const paid = await this.paidOf(rows.map(({ statementId }) => statementId));
    return page(
      rows,
      limit,
      ({ period, statementId }) => [period, statementId],
      (row) => statementOf(row, paid.get(row.statementId) ?? 0n),
    );
  }

  private async paidOf(statementIds: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    const payments = await this.database.getRepository(PaymentRow).find({
      where: { statementId: In(statementIds) },
      comment: inAllLanes,
    });
    const paid = new Map<string, bigint>();
    for (const { statementId, tokens } of payments) paid.set(statementId, (paid.get(statementId) ?? 0n) + tokens);
    return paid;
  }
}

function statementOf(row: StatementRow, paid: bigint) {
  const { statementId, period, partyId, tokens } = row;
  const lines = row.lines.map(({ role, tokens, uses }) => ({ role, tokens, uses }));
  const status = paid === tokens ? 'paid' : 'due';
  return { statementId, period, partyId, lines, tokens, paid, status };
}

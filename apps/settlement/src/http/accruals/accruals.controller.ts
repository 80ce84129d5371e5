import { Controller, Get, Query } from '@nestjs/common';
import { instantOf, partyId, period } from '@tokengrid/contracts';
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
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { AccrualRow } from '../../projections/accruals.table.ts';
import { partyShown } from '../party-shown.ts';

export const AccrualsQuery = pageQuery.extend({
  party: partyId.optional().meta({ description: 'Id of the earning party' }),
  period: period.optional().meta({ description: 'Day of the period', example: '2026-01-31' }),
});
export type AccrualsQuery = z.output<typeof AccrualsQuery>;

/** Cursor: period, use and role. */
const LastAccrual = z.tuple([z.string(), z.string(), z.string()]);

const AccrualAnswer = z
  .strictObject({
    usageId: z.string(),
    chargeId: z.string(),
    party: z.string(),
    role: z.enum(['operator', 'provider', 'developer']),
    tokens: z.string().meta({ description: 'µAIT, negative where an app sold below its cost', example: '931' }),
    gross: z.string().meta({ description: 'µAIT that the payer paid', example: '1034' }),
    period,
    lateFor: period.optional().meta({ description: 'day of the use, if already closed' }),
    time: z.string().meta({ description: 'time of use' }),
  })
  .meta({ id: 'Accrual' });

/** Accruals. */
@Controller('v1/accruals')
export class AccrualsController {
  constructor(private readonly database: DataSource) {}

  /**
   * Lists the shares of billed uses, by period and use. A party sees its own, the operator those of
   * all parties.
   */
  @Get()
  @Requires('settlement:accruals:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(AccrualAnswer))
  async listAccruals(@Query({ schema: AccrualsQuery }) query: AccrualsQuery, @Caller() caller: Principal) {
    const { period, cursor, limit } = query;
    const rows = await rowsAfter(
      this.database
        .getRepository(AccrualRow)
        .createQueryBuilder('accrual')
        .comment(inAllLanes)
        .innerJoinAndSelect('accrual.use', 'use'),
      {
        equal: { partyId: partyShown(caller, query.party), period },
        key: ['period', 'usageId', 'role'],
        after: cursorKey(cursor, LastAccrual),
        most: limit + 1,
      },
    );
    return page(rows, limit, ({ period, usageId, role }) => [period, usageId, role], accrualOf);
  }
}

function accrualOf({ usageId, role, partyId, period, tokens, use }: AccrualRow) {
  return {
    usageId,
    chargeId: use.chargeId,
    party: partyId,
    role,
    tokens,
    gross: use.tokens,
    period,
    lateFor: use.lateFor ?? undefined,
    time: instantOf(use.usedAt),
  };
}

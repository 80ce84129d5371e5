import { Controller, Get, Query } from '@nestjs/common';
import { partyId, period } from '@tokengrid/contracts';
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
} from '@tokengrid/service';
import { z } from 'zod';
import { Accruals, type AccrualView } from '../../projections/accruals.ts';
import { partyShown } from '../party-shown.ts';

export const AccrualsQuery = pageQuery.extend({
  party: partyId.optional().meta({ description: 'Id of the earning party' }),
  period: period.optional().meta({ description: 'Day of the period', example: '2026-01-31' }),
});
export type AccrualsQuery = z.output<typeof AccrualsQuery>;

/** Cursor: period and id of the sum. */
const LastAccrual = z.tuple([z.string(), z.string()]);

const AccrualAnswer = z
  .strictObject({
    party: z.string(),
    role: z.enum(['operator', 'provider', 'developer']),
    period,
    lateFor: period.optional().meta({ description: 'day of the uses, if already closed' }),
    app: z.string().optional().meta({ description: 'app used, by its slug', example: 'translate' }),
    plan: z.string().optional().meta({ description: 'plan that the payer had of the app', example: 'basic' }),
    model: z.string().optional().meta({ description: 'model used', example: 'qwen2.5-72b-instruct' }),
    priceVersion: z.string().meta({
      description: 'applied rate cards; `tokengrid:advance`: refunds beyond the earnings, which the operator bears',
      example: 'model:qwen2.5-72b-instruct@3',
    }),
    tokens: z.string().meta({ description: 'µAIT earned; negative where more was refunded', example: '931' }),
    uses: z.int(),
    units: z
      .record(z.string(), z.string())
      .meta({ description: 'units of these uses, by meter', example: { input_tokens: '374', output_tokens: '44' } }),
  })
  .meta({ id: 'Accrual' });

/** Accruals. */
@Controller('v1/accruals')
export class AccrualsController {
  constructor(private readonly accruals: Accruals) {}

  /**
   * Lists earnings of charged uses, less refunds, by period.
   *
   * Each is a sum of one party, role, app, plan, model, price version and late day. A party sees
   * its own, the operator those of all parties.
   */
  @Get()
  @Requires('settlement:accruals:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(AccrualAnswer))
  async listAccruals(@Query({ schema: AccrualsQuery }) query: AccrualsQuery, @Caller() caller: Principal) {
    const { period, cursor, limit } = query;
    const sums = await this.accruals.list({
      partyId: partyShown(caller, query.party),
      period,
      after: cursorKey(cursor, LastAccrual),
      most: limit + 1,
    });
    return page(sums, limit, ({ period, accrualId }) => [period, accrualId], accrualOf);
  }
}

function accrualOf({ accrualId: _, partyId, ...sum }: AccrualView) {
  return { party: partyId, ...sum };
}

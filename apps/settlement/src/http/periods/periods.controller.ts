import { Controller, Get, Param, Query } from '@nestjs/common';
import { cursorKey, OperatorOnly, page, pageOf, type PageQuery, pageQuery, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { Day, DayParameters } from './periods.requests.ts';
import { PeriodViews } from '../../projections/periods.ts';

const PeriodAnswer = z
  .strictObject({
    period: Day,
    status: z.enum(['open', 'closing', 'closed']),
    early: z.boolean().optional(),
    uses: z.int(),
    tokens: z.string().meta({ description: 'µAIT paid for them', example: '1250000' }),
    lanes: z.int().optional(),
    lanesCounted: z.int().optional(),
    statements: z.int().optional(),
    closingAt: z.string().optional(),
    closedAt: z.string().optional(),
  })
  .meta({ id: 'Period' });

/** Settlement periods. */
@Controller('v1/periods')
export class PeriodsController {
  constructor(private readonly views: PeriodViews) {}

  /**
   * Lists periods with accruals or a closing, by day. The answer tells the progress of each
   * closing.
   */
  @Get()
  @OperatorOnly()
  @Responds(200, pageOf(PeriodAnswer))
  async listPeriods(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const views = await this.views.after(cursorKey(cursor, z.string()) ?? '', limit + 1);
    return page(
      views,
      limit,
      ({ period }) => period,
      (view) => view,
    );
  }

  /** Gets the period of a day. A day without accruals is open and empty. */
  @Get(':day')
  @OperatorOnly()
  @Responds(200, PeriodAnswer)
  getPeriod(@Param({ schema: DayParameters }) { day }: DayParameters) {
    return this.views.of(day);
  }
}

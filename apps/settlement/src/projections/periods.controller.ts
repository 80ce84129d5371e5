import { Controller, Get, Param, Query } from '@nestjs/common';
import { OperatorOnly, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { cursorOver, limit, pageOf } from '../http/pages.ts';
import { Day } from '../http/periods.requests.ts';
import { PeriodViews } from './periods.ts';

export const PeriodsQuery = z.strictObject({ limit, cursor: cursorOver(z.tuple([z.string()])) });
export type PeriodsQuery = z.output<typeof PeriodsQuery>;

export const PeriodAnswer = z
  .strictObject({
    period: Day,
    status: z.enum(['open', 'closing', 'closed']),
    early: z.boolean().optional(),
    uses: z.int(),
    tokens: z.string().meta({ description: 'µAIT that was paid for them', example: '1250000' }),
    lanes: z.int().optional(),
    lanesCounted: z.int().optional(),
    statements: z.int().optional(),
    closingAt: z.string().optional(),
    closedAt: z.string().optional(),
  })
  .meta({ id: 'Period' });
export const PeriodsAnswer = z
  .strictObject({ data: z.array(PeriodAnswer), nextCursor: z.string().nullable() })
  .meta({ id: 'Periods' });

/** Settlement periods. */
@Controller('v1/periods')
export class PeriodsController {
  constructor(private readonly views: PeriodViews) {}

  /** Periods that have accruals or were closed, by day. */
  @Get()
  @OperatorOnly()
  @Responds(200, PeriodsAnswer)
  async periods(@Query({ schema: PeriodsQuery }) { limit, cursor }: PeriodsQuery) {
    const views = await this.views.after(cursor?.[0] ?? '', limit + 1);
    return pageOf(views, limit, ({ period }) => [period]);
  }

  /** One day's period. A day of which nothing is known is open and empty. */
  @Get(':day')
  @OperatorOnly()
  @Responds(200, PeriodAnswer)
  period(@Param('day', { schema: Day }) day: Day) {
    return this.views.of(day);
  }
}

import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Calendar } from '@tokengrid/kernel';
import {
  Accepted,
  Caller,
  operatorCalendar,
  pageOf,
  type Principal,
  Refuses,
  Requires,
  Responds,
  RespondsCsvToo,
} from '@tokengrid/service';
import { z } from 'zod';
import { countInJson } from '../../projections/counts.ts';
import { Visibility } from '../../projections/visibility.ts';
import { UsageSums } from '../../usage-sums/usage-sums.ts';
import { answerSums, sumFields } from '../sums/sums-answer.ts';
import { sumsAsked, sumsQuery } from '../sums/sums-query.ts';
import { askedTime } from '../use-filters.ts';

export const UsageQuery = sumsQuery(['party', 'app', 'model', 'meter']);
export type UsageQuery = z.output<typeof UsageQuery>;

const UsageAnswer = z
  .strictObject({
    ...sumFields,
    units: z.union([z.int(), z.string()]).optional().meta({
      description: 'Units of the meter; absent where meters are not told apart',
      example: 4711,
    }),
    uses: z.int(),
  })
  .meta({ id: 'Usage' });

/** Sums of usage. */
@Controller('v1/usage')
export class UsageController {
  constructor(
    private readonly sums: UsageSums,
    private readonly visibility: Visibility,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Lists the units used, by window and by the dimensions in `groupBy`.
   *
   * A party sees the usage that it pays for, a developer all of its own app, a provider all of its
   * own model, the operator everything; keys are shown to their own party and the operator. Windows
   * without use are left out; a window cut by `from` or `to` has that time in its row.
   */
  @Get()
  @Requires('metering:usage:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(UsageAnswer))
  @RespondsCsvToo()
  async listUsage(
    @Query({ schema: UsageQuery }) query: UsageQuery,
    @Caller() caller: Principal,
    @Accepted() accepted: string,
  ) {
    const visible = await this.visibility.of(caller, query, 'usage');
    const asked = { ...sumsAsked(query, caller, visible, askedTime(query, this.calendar)), withStated: false };
    const isByMeter = asked.by.includes('meter') || query.meter !== undefined;
    return answerSums(this.sums, asked, query, accepted, {
      name: 'usage',
      measures: isByMeter ? ['units', 'uses'] : ['uses'],
      measuresOf: ({ units, uses }) => ({ ...(isByMeter && { units: countInJson(units) }), uses }),
    });
  }
}

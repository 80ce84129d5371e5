import { Controller, Get, Inject, Query } from '@nestjs/common';
import { instantOf, meterName } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import {
  Caller,
  cursorKey,
  momentOf,
  operatorCalendar,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { ofUse, timeOfUse } from '../use-filters.ts';
import { countInJson } from '../../projections/counts.ts';
import { type UsageTotal, UsageTotals } from '../../projections/usage-totals.ts';
import { Visibility } from '../../projections/visibility.ts';

export const UsageQuery = pageQuery.extend({
  ...ofUse,
  meter: meterName.optional().meta({ description: 'Name of the meter' }),
  ...timeOfUse,
  window: z
    .enum(['minute', 'hour', 'day'])
    .default('day')
    .meta({ description: "Window of a sum: minutes and hours in UTC, days in the operator's time zone" }),
});
export type UsageQuery = z.output<typeof UsageQuery>;

/** Cursor: start of the window, party, app, model and meter. */
const LastTotal = z.tuple([z.int(), z.string(), z.string(), z.string(), z.string()]);

const UsageAnswer = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    party: z.string(),
    app: z.string().optional(),
    model: z.string().optional(),
    meter: z.string(),
    units: z.union([z.int(), z.string()]).meta({ description: 'Units of the meter', example: 4711 }),
    uses: z.int(),
  })
  .meta({ id: 'Usage' });

/** Sums of usage. */
@Controller('v1/usage')
export class UsageController {
  constructor(
    private readonly totals: UsageTotals,
    private readonly visibility: Visibility,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Lists the units used, by window, party, app, model and meter. A party sees the usage it pays
   * for, a developer all of its own app, a provider all of its own model, the operator everything.
   */
  @Get()
  @Requires('metering:usage:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(UsageAnswer))
  async listUsage(@Query({ schema: UsageQuery }) query: UsageQuery, @Caller() caller: Principal) {
    const visible = await this.visibility.of(caller, query, 'usage');
    const after = cursorKey(query.cursor, LastTotal);
    const [from, to] = [momentOf(query.from, this.calendar), momentOf(query.to, this.calendar)];
    const rows = await this.totals.read({ ...query, from, to }, visible, after);
    return page(rows, query.limit, ({ start, party, app, model, meter }) => [start, party, app, model, meter], usageOf);
  }
}

function usageOf({ start, end, party, app, model, meter, units, uses }: UsageTotal) {
  return {
    from: instantOf(start),
    to: instantOf(end),
    party,
    app: app === '' ? undefined : app,
    model: model === '' ? undefined : model,
    meter,
    units: countInJson(units),
    uses,
  };
}

import { Controller, Get, Query } from '@nestjs/common';
import { instantOf, meterName, modelName, partyId, slug } from '@tokengrid/contracts';
import { Caller, type Principal, Requires, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { cursorOver, limit, pageOf, timeBound } from '../http/pages.ts';
import { countInJson } from './counts.ts';
import { UsageTotals, windowMs } from './usage-totals.ts';
import { Visibility } from './visibility.ts';

export const UsageQuery = z.strictObject({
  party: partyId.optional().meta({ description: 'who pays' }),
  app: slug.optional(),
  model: modelName.optional(),
  meter: meterName.optional(),
  from: timeBound.meta({ description: 'used at or after' }),
  to: timeBound.meta({ description: 'used before' }),
  window: z.enum(['minute', 'hour', 'day']).default('day').meta({ description: 'what is added up, in UTC' }),
  limit,
  cursor: cursorOver(z.tuple([z.int(), z.string(), z.string(), z.string(), z.string()])),
});
export type UsageQuery = z.output<typeof UsageQuery>;

export const UsageAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        party: z.string(),
        app: z.string().optional(),
        model: z.string().optional(),
        meter: z.string(),
        units: z.union([z.int(), z.string()]),
        uses: z.int(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Usage' });

/** How much was used. */
@Controller('v1/usage')
export class UsageController {
  constructor(
    private readonly totals: UsageTotals,
    private readonly visibility: Visibility,
  ) {}

  /**
   * Units by window, payer, app, model and meter, of all uses that were rated, whether paid or not. A party sees what it pays for, a
   * developer that asks for an app of its own and a provider that asks for a model of its own all use of that, the operator all.
   */
  @Get()
  @Requires('metering:usage:read')
  @Responds(200, UsageAnswer)
  async usage(@Query({ schema: UsageQuery }) query: UsageQuery, @Caller() caller: Principal) {
    const visible = await this.visibility.of(caller, query);
    const rows = await this.totals.read(query, visible);
    const { data, nextCursor } = pageOf(rows, query.limit, ({ start, party, app, model, meter }) => [
      start,
      party,
      app,
      model,
      meter,
    ]);
    const usage = data.map(({ start, party, app, model, meter, units, uses }) => ({
      from: instantOf(start),
      to: instantOf(start + windowMs[query.window]),
      party,
      app: app === '' ? undefined : app,
      model: model === '' ? undefined : model,
      meter,
      units: countInJson(units),
      uses,
    }));
    return { data: usage, nextCursor };
  }
}

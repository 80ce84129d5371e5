import { Controller, Get, Inject, Query } from '@nestjs/common';
import { instantOf, modelName } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import { inAllLanes } from '@tokengrid/event-store/postgres';
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
  rowsAfter,
} from '@tokengrid/service';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { z } from 'zod';
import { ChargeRow } from '../../projections/charges.table.ts';
import { ofUse, timeOfUse } from '../use-filters.ts';
import { countInJson } from '../../projections/counts.ts';
import { Visibility } from '../../projections/visibility.ts';

const chargeStatus = z.enum(['rated', 'billed', 'uncollected', 'voided']);

export const ChargesQuery = pageQuery.extend({
  ...ofUse,
  source: z.string().min(1).max(500).optional().meta({ description: 'CloudEvents source' }),
  status: chargeStatus
    .optional()
    .meta({ description: 'Status of the charges; rated: the wallet has not answered yet' }),
  ...timeOfUse,
});
export type ChargesQuery = z.output<typeof ChargesQuery>;

/** Cursor: time of use, and the use. */
const LastCharge = z.tuple([z.int(), z.string()]);

const ChargeAnswer = z
  .strictObject({
    chargeId: z.string(),
    usageId: z.string(),
    source: z.string(),
    eventId: z.string(),
    party: z.string(),
    app: z.string().optional(),
    model: modelName.optional(),
    units: z.record(z.string(), z.union([z.int(), z.string()])),
    tokens: z.string().meta({ description: 'µAIT as a decimal string', example: '1034' }),
    priceVersion: z.string().meta({ example: 'model:qwen-72b@3' }),
    status: chargeStatus.meta({
      description: 'rated: the wallet has not answered yet; uncollected: it could not cover the charge',
    }),
    time: z.string(),
  })
  .meta({ id: 'Charge' });

/** Charges. */
@Controller('v1/charges')
export class ChargesController {
  constructor(
    private readonly database: DataSource,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly visibility: Visibility,
  ) {}

  /**
   * Lists charges, by the time of use. A party sees the charges it pays, a developer all charges of
   * its own app, the operator every charge; usage without a charge yet is in `GET /v1/parked`.
   */
  @Get()
  @Requires('metering:charges:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(ChargeAnswer))
  async listCharges(@Query({ schema: ChargesQuery }) query: ChargesQuery, @Caller() caller: Principal) {
    const { partyId, developerId } = await this.visibility.of(caller, query);
    const { app, model, source, status, cursor, limit } = query;
    const rows = await rowsAfter(this.usedIn(query), {
      equal: { partyId, developerId, app, model, source, status },
      key: ['usedAt', 'usageId'],
      after: cursorKey(cursor, LastCharge),
      most: limit + 1,
    });
    return page(rows, limit, ({ usedAt, usageId }) => [usedAt, usageId], chargeOf);
  }

  private usedIn(query: Pick<ChargesQuery, 'from' | 'to'>): SelectQueryBuilder<ChargeRow> {
    const select = this.database.getRepository(ChargeRow).createQueryBuilder('charge').comment(inAllLanes);
    const [from, to] = [momentOf(query.from, this.calendar), momentOf(query.to, this.calendar)];
    if (from !== undefined) select.andWhere('charge.usedAt >= :from', { from });
    if (to !== undefined) select.andWhere('charge.usedAt < :to', { to });
    return select;
  }
}

function chargeOf({ chargeId, usageId, source, eventId, partyId, app, model, ...row }: ChargeRow) {
  return {
    chargeId,
    usageId,
    source,
    eventId,
    party: partyId,
    app: app ?? undefined,
    model: model ?? undefined,
    units: Object.fromEntries(Object.entries(row.units).map(([meter, count]) => [meter, countInJson(count)])),
    tokens: row.tokens,
    priceVersion: row.priceVersion,
    status: row.status,
    time: instantOf(row.usedAt),
  };
}

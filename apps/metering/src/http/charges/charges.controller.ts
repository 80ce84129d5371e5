import { Controller, Get, Inject, Query } from '@nestjs/common';
import { instantOf, modelName, partyId, slug } from '@tokengrid/contracts';
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
  sentTimeOrDay,
} from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ChargeRow } from '../../projections/charges.table.ts';
import { countInJson } from '../../projections/counts.ts';
import { Visibility, type Visible } from '../../projections/visibility.ts';

const chargeStatus = z.enum(['rated', 'billed', 'uncollected', 'voided']);

export const ChargesQuery = pageQuery.extend({
  party: partyId.optional().meta({ description: 'Id of the paying party' }),
  app: slug.optional().meta({ description: 'Slug of the app' }),
  model: modelName.optional().meta({ description: 'Name of the model' }),
  source: z.string().min(1).max(500).optional().meta({ description: 'CloudEvents source' }),
  status: chargeStatus
    .optional()
    .meta({ description: 'Status of the charges; rated: the wallet has not answered yet' }),
  from: sentTimeOrDay.optional().meta({ description: 'Used at this time or later' }),
  to: sentTimeOrDay.optional().meta({ description: 'Used before this time' }),
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
    const visible = await this.visibility.of(caller, query);
    const rows = await this.select(query, visible).getMany();
    return page(rows, query.limit, ({ usedAt, usageId }) => [usedAt, usageId], chargeOf);
  }

  private select(query: ChargesQuery, { partyId, developerId }: Visible) {
    const { app, model, source, status, cursor, limit } = query;
    const [from, to] = [momentOf(query.from, this.calendar), momentOf(query.to, this.calendar)];
    const select = this.database.getRepository(ChargeRow).createQueryBuilder('charge');
    if (partyId !== undefined) select.andWhere('charge.partyId = :partyId', { partyId });
    if (developerId !== undefined) select.andWhere('charge.developerId = :developerId', { developerId });
    if (app !== undefined) select.andWhere('charge.app = :app', { app });
    if (model !== undefined) select.andWhere('charge.model = :model', { model });
    if (source !== undefined) select.andWhere('charge.source = :source', { source });
    if (status !== undefined) select.andWhere('charge.status = :status', { status });
    if (from !== undefined) select.andWhere('charge.usedAt >= :from', { from });
    if (to !== undefined) select.andWhere('charge.usedAt < :to', { to });
    const after = cursorKey(cursor, LastCharge);
    if (after) {
      const [usedAt, usageId] = after;
      select.andWhere('(charge.usedAt, charge.usageId) > (:usedAt, :usageId)', { usedAt, usageId });
    }
    return select.orderBy({ 'charge.usedAt': 'ASC', 'charge.usageId': 'ASC' }).limit(limit + 1);
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

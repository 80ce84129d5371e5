import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Calendar } from '@tokengrid/kernel';
import {
  Accepted,
  Caller,
  csvAnswer,
  cursorKey,
  operatorCalendar,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Refuses,
  Requires,
  Responds,
  RespondsCsvToo,
} from '@tokengrid/service';
import { z } from 'zod';
import { type Charge, type ChargeFilters, type ChargeKey, Charges } from '../../projections/charges.reads.ts';
import { askedTime, csvPageRows, csvToo, isCsv, ofOneUse, timeOfUse } from '../use-filters.ts';
import { listedUse, ratedUseFields } from '../listed-use.ts';
import { Visibility } from '../../projections/visibility.ts';
import { tellsPrivate } from '../private-to.ts';

const chargeStatus = z.enum(['rated', 'billed', 'uncollected', 'voided']);

export const ChargesQuery = pageQuery.extend({
  ...ofOneUse,
  source: z.string().min(1).max(500).optional().meta({ description: 'CloudEvents source' }),
  status: chargeStatus
    .optional()
    .meta({ description: 'Status of the charges; rated: the wallet has not answered yet' }),
  ...timeOfUse,
  ...csvToo,
});
export type ChargesQuery = z.output<typeof ChargesQuery>;

/** Cursor: time of use, and the use. */
const LastCharge = z.tuple([z.int(), z.string()]);

const ChargeAnswer = z
  .strictObject({
    ...ratedUseFields,
    priceVersion: z.string().meta({ example: 'model:qwen-72b@3' }),
    corrections: z
      .int()
      .meta({ description: 'Number of corrections; units and tokens are as the last left them', example: 0 }),
    status: chargeStatus.meta({
      description:
        'rated: the wallet has not answered yet; uncollected: it could not cover the charge, which waits; voided: corrected to nothing',
    }),
  })
  .meta({ id: 'Charge' });

/** Charges. */
@Controller('v1/charges')
export class ChargesController {
  constructor(
    private readonly charges: Charges,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly visibility: Visibility,
  ) {}

  /**
   * Lists charges, by the time of use. A party sees the charges it pays, a developer all charges of
   * its own app, the operator every charge; usage without a charge yet is in `GET /v1/parked`. In
   * CSV, amounts of more than 15 digits, and texts that a spreadsheet takes for formulas, have a
   * `'` before them.
   */
  @Get()
  @Requires('metering:charges:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(ChargeAnswer))
  @RespondsCsvToo()
  async listCharges(
    @Query({ schema: ChargesQuery }) query: ChargesQuery,
    @Caller() caller: Principal,
    @Accepted() accepted: string,
  ) {
    const { partyId } = await this.visibility.of(caller, query, 'charges');
    const told = { keys: query.key !== undefined, members: query.member !== undefined };
    tellsPrivate(caller, partyId, told);
    const { from, to } = askedTime(query, this.calendar);
    const { app, model, offer, region, key, member, source, status } = query;
    const filters = { partyId, app, model, offer, region, key, member, source, status, from, to };
    if (isCsv(query.format, accepted)) {
      return csvAnswer({ name: 'charges', columns: csvColumns, bom: query.bom }, this.pagesOf(filters));
    }
    const { cursor, limit } = query;
    const rows = await this.charges.list(filters, cursorKey(cursor, LastCharge), limit + 1);
    return page(rows, limit, keyOf, chargeOf);
  }

  private async *pagesOf(filters: ChargeFilters) {
    for (let after: ChargeKey | undefined; ;) {
      const rows = await this.charges.list(filters, after, csvPageRows);
      yield rows.map(chargeOf).map((charge) => ({ ...charge, units: JSON.stringify(charge.units) }));
      if (rows.length < csvPageRows) return;
      after = keyOf(rows.at(-1)!);
    }
  }
}

const csvColumns = [
  ...([{ name: 'chargeId' }, { name: 'usageId' }, { name: 'source' }, { name: 'eventId' }, { name: 'party' }] as const),
  ...([{ name: 'app' }, { name: 'model' }, { name: 'units' }] as const),
  { name: 'tokens', isAmount: true },
  ...([{ name: 'priceVersion' }, { name: 'status' }, { name: 'time' }, { name: 'subsidyOf' }] as const),
] as const;

const keyOf = ({ usedAt, usageId }: Charge): ChargeKey => [usedAt, usageId];

function chargeOf(charge: Charge) {
  const { priceVersion, status, corrections } = charge;
  return { ...listedUse(charge), priceVersion, status, corrections };
}

import { Controller, Get, Inject, Query } from '@nestjs/common';
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
import { type Charge, Charges } from '../../projections/charges.reads.ts';
import { ofUse, timeOfUse } from '../use-filters.ts';
import { listedUse, ratedUseFields } from '../listed-use.ts';
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
    ...ratedUseFields,
    priceVersion: z.string().meta({ example: 'model:qwen-72b@3' }),
    status: chargeStatus.meta({
      description: 'rated: the wallet has not answered yet; uncollected: it could not cover the charge',
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
   * its own app, the operator every charge; usage without a charge yet is in `GET /v1/parked`.
   */
  @Get()
  @Requires('metering:charges:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(ChargeAnswer))
  async listCharges(@Query({ schema: ChargesQuery }) query: ChargesQuery, @Caller() caller: Principal) {
    const { partyId } = await this.visibility.of(caller, query, 'charges');
    const { cursor, limit } = query;
    const [from, to] = [momentOf(query.from, this.calendar), momentOf(query.to, this.calendar)];
    const rows = await this.charges.list({ ...query, partyId, from, to }, cursorKey(cursor, LastCharge), limit + 1);
    return page(rows, limit, ({ usedAt, usageId }) => [usedAt, usageId], chargeOf);
  }
}

function chargeOf(charge: Charge) {
  return { ...listedUse(charge), priceVersion: charge.priceVersion, status: charge.status };
}

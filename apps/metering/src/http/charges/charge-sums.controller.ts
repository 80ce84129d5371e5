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
import { Visibility } from '../../projections/visibility.ts';
import { UsageSums } from '../../usage-sums/usage-sums.ts';
import { answerSums, sumFields } from '../sums/sums-answer.ts';
import { sumsAsked, sumsQuery } from '../sums/sums-query.ts';
import { askedTime } from '../use-filters.ts';

export const ChargeSumsQuery = sumsQuery(['party', 'app', 'model']);
export type ChargeSumsQuery = z.output<typeof ChargeSumsQuery>;

const ChargeSumAnswer = z
  .strictObject({
    ...sumFields,
    uses: z.int(),
    tokens: z.string().meta({ description: 'µAIT as a decimal string', example: '1034' }),
  })
  .meta({ id: 'ChargeSum' });

/** Sums of charges. */
@Controller('v1/charges/sums')
export class ChargeSumsController {
  constructor(
    private readonly sums: UsageSums,
    private readonly visibility: Visibility,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Lists the costs of uses, by window and by the dimensions in `groupBy`.
   *
   * Costs are as rated, whether the wallet covered them or not, and include subsidies. By meter,
   * they are the units of each at the payer's prices. A party sees the charges that it pays, a
   * developer all charges of its own app, the operator every charge.
   */
  @Get()
  @Requires('metering:charges:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(ChargeSumAnswer))
  @RespondsCsvToo()
  async sumCharges(
    @Query({ schema: ChargeSumsQuery }) query: ChargeSumsQuery,
    @Caller() caller: Principal,
    @Accepted() accepted: string,
  ) {
    const visible = await this.visibility.of(caller, query, 'charges');
    const asked = { ...sumsAsked(query, caller, visible, askedTime(query, this.calendar)), withStated: true };
    return answerSums(this.sums, asked, query, accepted, {
      name: 'charge-sums',
      measures: ['uses', 'tokens'],
      measuresOf: ({ uses, tokens }) => ({ uses, tokens }),
    });
  }
}

import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Calendar } from '@tokengrid/kernel';
import {
  Caller,
  csvAnswer,
  csvBom,
  operatorCalendar,
  type Principal,
  Refuses,
  Requires,
  RespondsCsv,
} from '@tokengrid/service';
import { z } from 'zod';
import { focusColumns } from '../../focus/focus-columns.ts';
import { FocusExport } from '../../focus/focus.reads.ts';
import { Visibility } from '../../projections/visibility.ts';
import { askedTime, ofOneUse, timeOfUse } from '../use-filters.ts';
import { tellsPrivate } from '../private-to.ts';

export const FocusQuery = z.strictObject({ ...ofOneUse, ...timeOfUse, bom: csvBom });
export type FocusQuery = z.output<typeof FocusQuery>;

/** Charges in the format of the FinOps Foundation. */
@Controller('v1/charges/focus')
export class FocusController {
  constructor(
    private readonly focus: FocusExport,
    private readonly visibility: Visibility,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Exports charges in FOCUS 1.2, the FinOps Open Cost and Usage Specification, as CSV.
   *
   * A use has a row for each meter, and each correction rows of its differences. Their `x_Tokens`
   * come to the µAIT of the charges. `EffectiveCost` is these tokens' price at the time of use;
   * `BilledCost` is 0, since tokens are paid as they are bought. A party sees the charges it pays,
   * a developer all charges of its own app, the operator every charge.
   */
  @Get()
  @Requires('metering:charges:read')
  @Refuses('NOT_FOUND')
  @RespondsCsv('Rows of charges, by the time of use')
  async exportCharges(@Query({ schema: FocusQuery }) query: FocusQuery, @Caller() caller: Principal) {
    const { partyId } = await this.visibility.of(caller, query, 'charges');
    const told = { keys: query.key !== undefined, members: query.member !== undefined };
    const showsKeys = tellsPrivate(caller, partyId, told);
    const { from, to } = askedTime(query, this.calendar);
    const { app, model, offer, region, key, member, bom } = query;
    const filters = { partyId, app, model, offer, region, key, member, from, to };
    return csvAnswer(
      { name: 'charges-focus', columns: focusColumns, bom },
      this.focus.pages(filters, this.calendar, showsKeys),
    );
  }
}

import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import { Incoming, type IncomingCommand, operatorCalendar, OperatorOnly, Responds } from '@tokengrid/service';
import { closePeriod } from '../decisions/close-period.ts';
import { periodStreamId } from '../decisions/period.ts';
import { Periods } from '../periods.ts';
import { PeriodViews } from '../projections/periods.ts';
import { ClosePeriodRequest, ClosingAnswer, DayParameters } from './periods.requests.ts';

/** The closing of periods. */
@Controller('v1/periods')
export class ClosePeriodController {
  constructor(
    private readonly periods: Periods,
    private readonly views: PeriodViews,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Starts the closing of a day of the operator's (`OPERATOR_TIME_ZONE`); how far it has come is in `GET /v1/periods/{day}`. Closing a day again changes nothing and is answered in
   * the same way. A day closes alone: earlier days that are open stay open. 409 `PERIOD.STILL_RUNNING` for the running day unless
   * `early` is true, `PERIOD.NOT_BEGUN` for a day to come. Once the running day is closed, usage counts for the first day after it that is
   * open: with `early`, that day can be closed too, though it has not begun.
   */
  @Post(':day/close')
  @OperatorOnly()
  @Responds(200, ClosingAnswer)
  async close(
    @Param({ schema: DayParameters }) { day }: DayParameters,
    @Body({ schema: ClosePeriodRequest }) { early }: ClosePeriodRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    const accruingTo = await this.views.firstOpenFrom(this.calendar.dayOf(this.clock.now()));
    return this.periods.handle(closePeriod, incoming.to(periodStreamId(day), { period: day, early, accruingTo }));
  }
}

import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import { Incoming, type IncomingCommand, operatorCalendar, OperatorOnly, Refuses, Responds } from '@tokengrid/service';
import { closePeriod } from '../../decisions/periods/close-period.ts';
import { periodStreamId } from '../../decisions/state/period.ts';
import { Periods } from '../../streams/periods.ts';
import { PeriodViews } from '../../projections/periods.ts';
import { ClosePeriodRequest, ClosingAnswer, DayParameters } from './periods.requests.ts';

/** Closing of periods. */
@Controller('v1/periods')
export class ClosePeriodController {
  constructor(
    private readonly periods: Periods,
    private readonly views: PeriodViews,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Closes a day of the operator's time zone, alone: earlier open days stay open. The progress is
   * in `GET /v1/periods/{day}`, and closing a closed day changes nothing.
   *
   * The running day takes `early: true`, and later usage counts for the next open day. That day can
   * then be closed early too, though it has not begun.
   */
  @Post(':day/close')
  @OperatorOnly()
  @Refuses('closePeriod')
  @Responds(200, ClosingAnswer)
  async closePeriod(
    @Param({ schema: DayParameters }) { day }: DayParameters,
    @Body({ schema: ClosePeriodRequest }) { early }: ClosePeriodRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    const accruingTo = await this.views.firstOpenFrom(this.calendar.dayOf(this.clock.now()));
    return this.periods.handle(closePeriod, incoming.to(periodStreamId(day), { period: day, early, accruingTo }));
  }
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { Incoming, type IncomingCommand, OperatorOnly, Responds } from '@tokengrid/service';
import { closePeriod } from '../decisions/close-period.ts';
import { periodStreamId } from '../decisions/period.ts';
import { Periods } from '../periods.ts';
import { ClosePeriodRequest, ClosingAnswer, Day } from './periods.requests.ts';

/** The closing of periods. */
@Controller('v1/periods')
export class ClosePeriodController {
  constructor(private readonly periods: Periods) {}

  /**
   * Starts the closing of a day; how far it has come is in `GET /v1/periods/{day}`. Closing a day again changes nothing and is answered in
   * the same way. A day closes alone: earlier days that are open stay open. 409 `PERIOD.NOT_BEGUN` for a day to come,
   * `PERIOD.STILL_RUNNING` for the running one unless `early` is true.
   */
  @Post(':day/close')
  @OperatorOnly()
  @Responds(200, ClosingAnswer)
  close(
    @Param('day', { schema: Day }) day: Day,
    @Body({ schema: ClosePeriodRequest }) { early }: ClosePeriodRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.periods.handle(closePeriod, incoming.to(periodStreamId(day), { period: day, early }));
  }
}

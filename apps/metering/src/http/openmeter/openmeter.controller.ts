import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import {
  BatchBodies,
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { UsageReports } from '../../flows/usage-reports.ts';
import { openMeterReport, someRejected } from './openmeter-events.ts';
import { TakesOpenMeterEvents } from './openmeter.openapi.ts';

/** Reports of usage in the way of OpenMeter's clients. */
@Controller('api/v1/events')
export class OpenMeterController {
  constructor(private readonly reports: UsageReports) {}

  /**
   * Reports usage in the way of OpenMeter's clients. Its SDKs, and LiteLLM's `openmeter` callback,
   * need this service's address and an API key in place of OpenMeter's. The events are those of
   * `POST /v1/events`, read by the sources of their types; `subject` is the id of the paying party.
   *
   * A batch with rejected events is 400, and the others are taken; sending all of it again is safe.
   */
  @Post()
  @HttpCode(204)
  @Requires('metering:events:write')
  @BatchBodies()
  @TakesOpenMeterEvents()
  @Responds(204)
  async ingestEvents(
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Body() body: unknown,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ): Promise<void> {
    const reported = openMeterReport(headers, body);
    const tally = await this.reports.take(caller, reported, incoming, headers['idempotency-key'] !== undefined);
    if (tally.rejected.length > 0) throw someRejected(tally, reported.events.length);
  }
}

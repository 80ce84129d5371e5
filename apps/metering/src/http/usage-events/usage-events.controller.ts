import { Body, Controller, Headers, Post } from '@nestjs/common';
import {
  BatchBodies,
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import type { Tally } from '../../flows/tally.ts';
import { UsageReports } from '../../flows/usage-reports.ts';
import { reportedBy } from './content-modes.ts';
import { TakesUsageEvents } from './usage-events.openapi.ts';

const ReportAnswer = z
  .strictObject({
    accepted: z.int().meta({ description: 'Number of new uses' }),
    duplicates: z.int().meta({ description: 'Number of repeats, by source and id; they change nothing' }),
    rejected: z.array(z.strictObject({ index: z.int(), detail: z.string() })),
  })
  .meta({
    id: 'Report',
    example: { accepted: 2, duplicates: 1, rejected: [{ index: 3, detail: '/id: is missing' }] },
  });

/** Reports of usage. */
@Controller('v1/events')
export class EventsController {
  constructor(private readonly reports: UsageReports) {}

  /**
   * Reports usage as CloudEvents 1.0: one event, structured or binary, or a batch of up to 50,000.
   * A repeat of a reporter's `source` and `id` is accepted and changes nothing. A use older than
   * 35 days is rejected, because its repeats are not recognized; the operator may report it.
   *
   * An invalid single event is 400, and one that the caller may not report 403; in a batch such
   * events are listed in `rejected` and the others are taken. An event that names an unknown app,
   * model, party or subscription is parked, and rated once that is known.
   */
  @Post()
  @Requires('metering:events:write')
  @BatchBodies()
  @TakesUsageEvents()
  @Responds(202, ReportAnswer, 'Outcome of the report')
  reportUsage(
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Body() body: unknown,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Tally> {
    return this.reports.take(caller, reportedBy(headers, body), incoming, headers['idempotency-key'] !== undefined);
  }
}

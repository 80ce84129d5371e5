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
import type { Tally } from '../tally.ts';
import { UsageReports } from '../usage-reports.ts';
import { reportedBy } from './content-modes.ts';
import { TakesUsageEvents } from './usage-events.openapi.ts';

export const ReportAnswer = z
  .strictObject({
    accepted: z.int().meta({ description: 'uses that this report brought' }),
    duplicates: z.int().meta({ description: 'uses whose source and id were reported before; they change nothing' }),
    rejected: z.array(z.strictObject({ index: z.int(), detail: z.string() })),
  })
  .meta({
    id: 'Report',
    examples: [{ accepted: 2, duplicates: 1, rejected: [{ index: 3, detail: '/id: is missing' }] }],
  });

/** Where usage comes in. */
@Controller('v1/events')
export class EventsController {
  constructor(private readonly reports: UsageReports) {}

  /**
   * Takes usage as CloudEvents 1.0: one as `application/cloudevents+json`, many as `application/cloudevents-batch+json` (up to 8 MiB and
   * 50,000 events), or one in binary mode as `application/json` with `ce-` headers. An attribute
   * that is `null` is absent, and data may stand in `data_base64`. A repeat of the reporter's `source` and
   * `id`, however late, is accepted and changes nothing. What names an app, model, party or subscription that is not known yet is parked
   * and rated when that arrives. A single event that is not valid is 400, one that the caller may not report 403; in a batch such events
   * are listed in `rejected`, and the others are taken.
   */
  @Post()
  @Requires('metering:events:write')
  @BatchBodies()
  @TakesUsageEvents()
  @Responds(202, ReportAnswer, 'what became of the report')
  report(
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Body() body: unknown,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Tally> {
    return this.reports.take(caller, reportedBy(headers, body), incoming, headers['idempotency-key'] !== undefined);
  }
}

import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

/** What metering is configured by. */
export const meteringConfig = baseConfig.extend({
  port: port().default(8084).describe('port to listen on'),
  maxReportEvents: wholeNumber(1, 50_000).default(50_000).describe('usage events in one batch'),
  maxReportEventsInFlight: wholeNumber(1, 100_000)
    .default(2000)
    .describe('usage events of one batch that wait for their lanes at a time'),
});
export type MeteringConfig = z.output<typeof meteringConfig>;

import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

/** Settings of metering. */
export const meteringConfig = baseConfig.extend({
  port: port().default(8084).describe('port to listen on'),
  maxReportEvents: wholeNumber(1, 50_000).default(50_000).describe('maximum number of usage events in one batch'),
  maxReportEventsInFlight: wholeNumber(1, 100_000)
    .default(2000)
    .describe('usage events of one batch handed to their lanes at a time'),
  maxUsesInFlight: wholeNumber(100, 1_000_000)
    .default(10_000)
    .describe('usage events of all reports handed to their lanes at a time; more wait'),
});
export type MeteringConfig = z.output<typeof meteringConfig>;

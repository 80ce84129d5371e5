import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

/** Settings of metering. */
export const meteringConfig = baseConfig.extend({
  port: port().default(8084).describe('port to listen on'),
  maxReportEvents: wholeNumber(1, 50_000).default(50_000).describe('maximum number of usage events in one batch'),
  maxReportEventsInFlight: wholeNumber(1, 100_000)
    .default(2000)
    .describe('usage events of one batch handed to their lanes at a time'),
  minPriceNoticeMs: wholeNumber(0, 24 * 60 * 60 * 1000)
    .default(60_000)
    .describe("notice of new prices: the app registry's setting of that name"),
  periodLatenessMs: wholeNumber(0, 35 * 24 * 60 * 60 * 1000)
    .default(24 * 60 * 60 * 1000)
    .describe("milliseconds after a subscription's month in which late uses are awaited before its minimum is charged"),
  maxUsesInFlight: wholeNumber(100, 1_000_000)
    .default(10_000)
    .describe('usage events of all reports handed to their lanes at a time; more wait'),
  sliceValidMs: wholeNumber(5000, 3_600_000)
    .default(60_000)
    .describe('milliseconds for which the gateway may spend a slice before it renews it'),
  sliceGraceMs: wholeNumber(1000, 3_600_000)
    .default(10_000)
    .describe('milliseconds after the end of a slice in which its uses are still paid out of its hold'),
  sliceIdleMs: wholeNumber(1000, 3_600_000)
    .default(15_000)
    .describe('milliseconds after which the gateway gives an unused slice back'),
  sliceRenewBelowBps: wholeNumber(0, 10_000)
    .default(3000)
    .describe('part of a slice, in basis points, below which the gateway renews what is left'),
});
export type MeteringConfig = z.output<typeof meteringConfig>;

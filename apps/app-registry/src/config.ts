import { allowedEndpoints, baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Settings of the app registry, beyond those of every service. */
export const appRegistryConfig = baseConfig.extend({
  port: port().default(8083).describe('port to listen on'),
  nameReservationMs: wholeNumber(1000, 24 * hourMs)
    .default(10 * minuteMs)
    .describe('time for which a slug or model name is reserved for an app or model under creation'),
  operatorMinimumBps: wholeNumber(0, 10_000)
    .default(0)
    .describe("minimum share of the operator in a model's earnings, in basis points"),
  minPriceNoticeMs: wholeNumber(0, 24 * hourMs)
    .default(minuteMs)
    .describe('notice of new prices and versions; metering has to have the same'),
  subscriptionNoticeMs: wholeNumber(0, 400 * 24 * hourMs)
    .default(30 * 24 * hourMs)
    .describe('notice of a new version to those who subscribed to an earlier one'),
  subscriptionGraceMs: wholeNumber(0, 400 * 24 * hourMs)
    .default(3 * 24 * hourMs)
    .describe('time for which a subscription goes on after the wallet refused its fee'),
  trialDayMs: wholeNumber(1000, 24 * hourMs)
    .default(24 * hourMs)
    .describe('length of a day of free trials; shorter where a market is shown or tested'),
  allowedEndpoints: allowedEndpoints(),
});
export type AppRegistryConfig = z.output<typeof appRegistryConfig>;

import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What the app registry is configured by, beyond what every service is. */
export const appRegistryConfig = baseConfig.extend({
  port: port().default(8083).describe('port to listen on'),
  nameReservationMs: wholeNumber(1000, 24 * hourMs)
    .default(10 * minuteMs)
    .describe('a slug or model name is set aside this long for what is about to be made'),
  operatorMinimumBps: wholeNumber(0, 10_000)
    .default(0)
    .describe("the operator's least share of what a model earns, in basis points"),
});
export type AppRegistryConfig = z.output<typeof appRegistryConfig>;

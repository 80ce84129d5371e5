import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

/** Settings of settlement. */
export const settlementConfig = baseConfig.extend({
  port: port().default(8085).describe('port to listen on'),
  reconciliationGraceMs: wholeNumber(0, 86_400_000)
    .default(900_000)
    .describe('time after which a missing counterpart is reported as a break; before, it is in progress'),
});
export type SettlementConfig = z.output<typeof settlementConfig>;

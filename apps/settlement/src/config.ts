import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

/** What settlement is configured by. */
export const settlementConfig = baseConfig.extend({
  port: port().default(8085).describe('port to listen on'),
  reconciliationGraceMs: wholeNumber(0, 86_400_000)
    .default(900_000)
    .describe('what is missing for longer than this is a break, not under way'),
});
export type SettlementConfig = z.output<typeof settlementConfig>;

import { type Codes, refused } from './code.ts';
import type { Refusals } from './commands.ts';

/** Codes of settlement. */
export const settlementCodes = {
  'SETTLEMENT.PERIOD_NOT_BEGUN': refused(
    409,
    '{period} has not begun: today is {today} in {timeZone}, and usage now counts for {accruingTo}',
    'The period is in the future. Only the currently accruing day can be closed before it begins, with `"early": true`.',
    { period: '2026-03-02', timeZone: 'Asia/Shanghai', today: '2026-03-01', accruingTo: '2026-03-01' },
  ),
  'SETTLEMENT.PERIOD_STILL_RUNNING': refused(
    409,
    '{period} is still running; "early": true closes it now, and its later usage counts for the next day',
    'The day is still running. Close it with `"early": true`; later usage counts for the next day.',
    { period: '2026-03-01' },
  ),
} satisfies Codes;

/** Refusals of settlement's commands, in the order in which they are tried. */
export const settlementRefusals = {
  closePeriod: ['SETTLEMENT.PERIOD_NOT_BEGUN', 'SETTLEMENT.PERIOD_STILL_RUNNING'],
} as const satisfies Refusals<keyof typeof settlementCodes>;

import { describe, expect, it } from '@jest/globals';
import { settlementRefusals as declared } from '@tokengrid/contracts';
import { precedenceCases, someContext } from '@tokengrid/kernel';
import { closePeriod } from './periods/close-period.ts';
import { period } from './state/period.ts';

const today = someContext.calendar.dayOf(someContext.time);

/**
 * What makes each declared refusal of each command hold. A code that is declared and not here does
 * not compile.
 */
const cases = {
  closePeriod: precedenceCases(
    {
      ...{ aggregate: period, decide: closePeriod, given: [] },
      when: { period: '2025-12-31', early: false, accruingTo: today },
    },
    declared.closePeriod,
    {
      'SETTLEMENT.PERIOD_NOT_BEGUN': { when: { period: '2026-02-01' } },
      'SETTLEMENT.PERIOD_STILL_RUNNING': { when: { period: today } },
    },
    ['SETTLEMENT.PERIOD_NOT_BEGUN | SETTLEMENT.PERIOD_STILL_RUNNING'],
  ),
} satisfies Record<keyof typeof declared, unknown>;

describe.each(Object.entries(cases))('%s is refused for', (_, sentences) => {
  it.each(sentences)('$name', ({ expected, refusal }) => expect(refusal()).toBe(expected));
});

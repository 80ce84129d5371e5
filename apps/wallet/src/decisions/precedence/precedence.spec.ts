import { describe, expect, it } from '@jest/globals';
import type { walletRefusals } from '@tokengrid/contracts';
import { givingCases } from './giving.fixture.ts';
import { marketCases } from './market.fixture.ts';
import { spendingCases } from './spending.fixture.ts';

/** Without a case for each command with declared refusals, this does not compile. */
const cases = { ...spendingCases, ...marketCases, ...givingCases } satisfies Record<
  keyof typeof walletRefusals,
  unknown
>;

describe.each(Object.entries(cases))('%s is refused for', (_, sentences) => {
  it.each(sentences)('$name', ({ expected, refusal }) => expect(refusal()).toBe(expected));
});

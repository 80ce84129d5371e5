import { describe, expect, it } from '@jest/globals';
import { UsageBilled, UsageParked, UsageRated } from '@tokengrid/contracts';
import { givenFor, NotYet } from '@tokengrid/kernel';
import { billUsage } from './bill-usage.ts';
import { rate, type Rating } from '../rules/rating.ts';
import { usage } from '../state/usage.ts';
import { chargeId, directUse, use } from '../examples.fixture.ts';

const given = givenFor(usage);
const { usageId, partyId, time, model } = use;
const rating = rate(use.units, directUse) as Rating;
const rated = UsageRated({ ...use, ...rating, chargeId });
const paid = { usageId, chargeId, walletLane: 4, chargedBy: 'wallet/4/812' };
const billed = UsageBilled({
  ...{ usageId, chargeId, partyId, time, app: undefined, model },
  ...{ tokens: rating.tokens, shares: rating.shares, walletLane: 4, chargedBy: 'wallet/4/812' },
});

describe('billUsage', () => {
  it('records who shares what the wallet paid, and where it lies', () => {
    given(rated).when(billUsage, paid).then(billed);
  });

  it('waits for the rating', () => {
    expect(() => given().when(billUsage, paid)).toThrow(NotYet);
    expect(() => given(UsageParked({ ...use, waitsFor: 'model:qwen' })).when(billUsage, paid)).toThrow(NotYet);
  });

  it('refuses an answer that is the second one, or about another charge', () => {
    expect(() => given(rated, billed).when(billUsage, paid)).toThrow('is billed already');
    expect(() => given(rated).when(billUsage, { ...paid, chargeId: 'chg_0' })).toThrow('has no charge chg_0');
  });
});

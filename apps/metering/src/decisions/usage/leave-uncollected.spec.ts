import { describe, expect, it } from '@jest/globals';
import { UsageRated, UsageUncollected } from '@tokengrid/contracts';
import { givenFor, NotYet } from '@tokengrid/kernel';
import { leaveUncollected } from './leave-uncollected.ts';
import { rate, type Rating } from '../rules/rating.ts';
import { usage } from '../state/usage.ts';
import { chargeId, directUse, use } from '../examples.fixture.ts';

const given = givenFor(usage);
const { usageId, partyId, time, model } = use;
const rating = rate(use.units, directUse) as Rating;
const rated = UsageRated({ ...use, ...rating, chargeId });
const refused = { usageId, chargeId, code: 'WALLET.INSUFFICIENT_TOKENS' } as const;

describe('leaveUncollected', () => {
  it('records that nothing was taken, and names nobody who would earn of it', () => {
    const { code } = refused;
    given(rated)
      .when(leaveUncollected, refused)
      .then(UsageUncollected({ usageId, chargeId, partyId, time, app: undefined, model, tokens: rating.tokens, code }));
  });

  it('waits for the rating', () => {
    expect(() => given().when(leaveUncollected, refused)).toThrow(NotYet);
  });
});

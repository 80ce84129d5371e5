import { describe, expect, it } from '@jest/globals';
import { UsageParked, UsageRated } from '@tokengrid/contracts';
import { givenFor, NotYet } from '@tokengrid/kernel';
import { rate, type Rating } from '../rules/rating.ts';
import { recycleUsage } from './recycle-usage.ts';
import { usage } from '../state/usage.ts';
import { chargeId, directUse, use } from '../examples.fixture.ts';

const given = givenFor(usage);
const { usageId } = use;
const parked = UsageParked({ ...use, waitsFor: 'model:qwen' });
const rated = UsageRated({ ...use, ...(rate(use.units, directUse) as Rating), chargeId });

describe('recycleUsage', () => {
  it('rates a parked use by what has arrived, as it would have been rated at first', () => {
    given(parked).when(recycleUsage, { usageId, terms: directUse }).then(rated);
  });

  it('parks it again for the next thing it waits for', () => {
    given(parked)
      .when(recycleUsage, { usageId, terms: { known: false, waitsFor: `party:${use.partyId}` } })
      .then(UsageParked({ ...use, waitsFor: `party:${use.partyId}` }));
  });

  it('waits for a use that is not here yet', () => {
    expect(() => given().when(recycleUsage, { usageId, terms: directUse })).toThrow(NotYet);
  });

  it('never rates a use that is rated', () => {
    expect(() => given(parked, rated).when(recycleUsage, { usageId, terms: directUse })).toThrow(
      'is rated, not parked',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { UsageBilled, UsageParked, UsageRated } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { rateUsage } from './rate-usage.ts';
import { rate, type Rating } from '../rules/rating.ts';
import { usage } from '../state/usage.ts';
import { appUse, chargeId, directUse, use } from '../examples.fixture.ts';

const given = givenFor(usage);
const ratingOf = (units: Record<string, string>, terms = directUse) => rate(units, terms) as Rating;

describe('rateUsage', () => {
  it('rates a use whose prices are known', () => {
    given()
      .when(rateUsage, { use, terms: directUse })
      .then(UsageRated({ ...use, ...ratingOf(use.units), chargeId }));
  });

  it('parks a use that names what is not known, and says what it waits for', () => {
    given()
      .when(rateUsage, { use, terms: { known: false, waitsFor: 'model:qwen' } })
      .then(UsageParked({ ...use, waitsFor: 'model:qwen' }));
  });

  it('parks a use of which no meter is priced', () => {
    const units = { images: '2' };
    given()
      .when(rateUsage, { use: { ...use, units }, terms: directUse })
      .then(UsageParked({ ...use, units, waitsFor: 'price:model:qwen' }));
  });

  it('bills a use that costs nothing at once: no wallet has to pay', () => {
    const units = { input_tokens: '0' };
    const { usageId, partyId, time, model } = use;
    const rating = ratingOf(units);
    given()
      .when(rateUsage, { use: { ...use, units }, terms: directUse })
      .then(
        UsageRated({ ...use, units, ...rating, chargeId }),
        UsageBilled({ usageId, chargeId, partyId, time, app: undefined, model, tokens: 0n, shares: rating.shares }),
      );
  });

  it("bills a free app's use at once too, so that the provider of its model earns of it", () => {
    const units = { output_tokens: '100' };
    const decided = given().when(rateUsage, { use: { ...use, app: 'translate', units }, terms: appUse }).decided;
    expect(decided.map((event) => ('type' in event ? event.type : 'system'))).toEqual(['UsageRated', 'UsageBilled']);
  });

  it('never rates a use twice', () => {
    const rated = UsageRated({ ...use, ...ratingOf(use.units), chargeId });
    expect(() => given(rated).when(rateUsage, { use, terms: directUse })).toThrow('under another command');
  });
});

import { describe, expect, it } from '@jest/globals';
import { instantOf, UsageParked, UsageRated } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { chargeId, directUse, subscriber, use } from '../examples.fixture.ts';
import { AllKnown, markKeyOf, markSlackMs, parkedMark, ratedMark, repeatsToldMs, TooOld } from '../rules/marks.ts';
import { rate, type Rating } from '../rules/rating.ts';
import type { Terms } from '../rules/terms.ts';
import { payer, type Use } from '../state/payer.ts';
import { noPeriods } from '../state/periods.ts';
import { rateUses } from './rate-uses.ts';

const given = givenFor(payer);
const partyId = subscriber;
const other: Use = { ...use, usageId: 'usg_0000000000000000000000000b', eventId: 'request-2' };
const rated = (of: Use) => ({
  ...of,
  ...(rate(of, directUse, noPeriods) as Rating),
  chargeId: of.usageId.replace('usg', 'chg'),
});
const unknownModel: Terms = { known: false, waitsFor: 'model:qwen' };
const on = (each: Use, terms: Terms = directUse) => ({ use: each, terms });
/** The look-up by marks of these uses. */
const marked = (...marks: readonly (readonly [Use, string])[]) => {
  const values = new Map(marks.map(([{ usageId }, mark]) => [markKeyOf(usageId), mark]));
  return { found: (key: string) => values.get(key) };
};

describe('rateUses', () => {
  it('rates uses whose prices are known, all in one event, in their order', () => {
    given()
      .when(rateUses, { partyId, uses: [on(use), on(other)] })
      .then(UsageRated({ partyId, uses: [rated(use), rated(other)] }));
    expect(rated(use).chargeId).toBe(chargeId);
  });

  it('parks those that name what is not known, and says what each waits for', () => {
    given()
      .when(rateUses, { partyId, uses: [on(use, unknownModel), on(other)] })
      .then(
        UsageRated({ partyId, uses: [rated(other)] }),
        UsageParked({ partyId, uses: [{ ...use, waitsFor: 'model:qwen' }] }),
      );
  });

  it('parks a use of which no meter is priced', () => {
    const images = { ...use, units: { images: '2' } };
    given()
      .when(rateUses, { partyId, uses: [on(images)] })
      .then(UsageParked({ partyId, uses: [{ ...images, waitsFor: 'price:model:qwen' }] }));
  });

  it('leaves out what was rated or parked before, whatever else the repeat says', () => {
    const repeat = { ...use, units: { input_tokens: '999' } };
    for (const mark of [ratedMark(7, 0), parkedMark(7, 0)]) {
      given()
        .when(rateUses, { partyId, uses: [on(repeat), on(other)] }, marked([use, mark]))
        .then(UsageRated({ partyId, uses: [rated(other)] }));
    }
  });

  it('counts a use once that comes twice in one command', () => {
    given()
      .when(rateUses, { partyId, uses: [on(use), on({ ...use, units: { input_tokens: '1' } })] })
      .then(UsageRated({ partyId, uses: [rated(use)] }));
  });

  it('states nothing where all are known, and says where they were stated', () => {
    const repeats = { partyId, uses: [on(use), on(other)] };
    const context = marked([use, ratedMark(41, 3)], [other, parkedMark(7, 0)]);
    expect(() => given().when(rateUses, repeats, context)).toThrow(new AllKnown(41));
    const known = { partyId, uses: [{ ...on(use), isKnown: true }] };
    expect(() => given().when(rateUses, known)).toThrow(new AllKnown(0));
  });

  describe('a use that is older than its mark would be', () => {
    const oldest = someContext.time - repeatsToldMs - markSlackMs;
    const usedAt = (time: number): Use => ({ ...use, time: instantOf(time) });

    it('is not rated, because a repeat of it could not be told', () => {
      expect(() => given().when(rateUses, { partyId, uses: [on(other), on(usedAt(oldest - 1))] })).toThrow(TooOld);
      const last = usedAt(oldest);
      given()
        .when(rateUses, { partyId, uses: [on(last)] })
        .then(UsageRated({ partyId, uses: [rated(last)] }));
    });

    it('is left out if it is marked, and rated if the operator brings it in', () => {
      const old = usedAt(oldest - 1);
      expect(() => given().when(rateUses, { partyId, uses: [on(old)] }, marked([old, ratedMark(7, 0)]))).toThrow(
        new AllKnown(7),
      );
      given()
        .when(rateUses, { partyId, uses: [on(old)], isBackfill: true })
        .then(UsageRated({ partyId, uses: [rated(old)] }));
    });
  });
});

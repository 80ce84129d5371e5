import { describe, expect, it } from '@jest/globals';
import { UsageParked, UsageRated } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { chargeId, directUse, subscriber, use } from '../examples.fixture.ts';
import { AllKnown, markKeyOf, parkedMark, ratedMark } from '../rules/marks.ts';
import { rate, type Rating } from '../rules/rating.ts';
import { payer } from '../state/payer.ts';
import { noPeriods } from '../state/periods.ts';
import { recycleUses } from './recycle-uses.ts';

const given = givenFor(payer);
const partyId = subscriber;
const parkedBy = { sequence: 7, place: 2 };
const ready = { partyId, uses: [{ use, terms: directUse, parkedBy }] };
const rated = UsageRated({ partyId, uses: [{ ...use, ...(rate(use, directUse, noPeriods) as Rating), chargeId }] });
const marked = (mark: string | undefined) => ({
  found: (key: string) => (key === markKeyOf(use.usageId) ? mark : undefined),
});

describe('recycleUses', () => {
  it('rates a parked use by what has arrived, as it would have been rated at first', () => {
    given(UsageParked({ partyId, uses: [{ ...use, waitsFor: 'model:qwen' }] }))
      .when(recycleUses, ready, marked(parkedMark(7, 2)))
      .then(rated);
  });

  it('parks it again for the next thing it waits for', () => {
    const waitsFor = `party:${partyId}`;
    given()
      .when(
        recycleUses,
        { partyId, uses: [{ use, terms: { known: false, waitsFor }, parkedBy }] },
        marked(parkedMark(7, 2)),
      )
      .then(UsageParked({ partyId, uses: [{ ...use, waitsFor }] }));
  });

  it.each([
    ['is rated', ratedMark(9, 0)],
    ['was parked anew', parkedMark(9, 0)],
    ['was at another place of the event', parkedMark(7, 1)],
    ['is not marked any more', undefined],
  ])('leaves alone what %s', (_, mark) => {
    expect(() => given().when(recycleUses, ready, marked(mark))).toThrow(AllKnown);
  });

  it('rates a use once that it is given twice', () => {
    given()
      .when(recycleUses, { partyId, uses: [...ready.uses, ...ready.uses] }, marked(parkedMark(7, 2)))
      .then(rated);
  });

  it('rates those of several that are still parked', () => {
    const other = { ...use, usageId: 'usg_0000000000000000000000000b' };
    const uses = [{ use: other, terms: directUse, parkedBy }, ...ready.uses];
    given()
      .when(recycleUses, { partyId, uses }, marked(parkedMark(7, 2)))
      .then(rated);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  instantOf,
  type MeteringEvent,
  mostOpenSlices,
  SliceClosed,
  SliceOffered,
  SliceRecalled,
  SliceRefused,
  SliceReported,
} from '@tokengrid/contracts';
import { givenFor, NotYet, someContext } from '@tokengrid/kernel';
import { directUse, model, subscriber as partyId, use } from '../examples.fixture.ts';
import { AllKnown, ratedMark } from '../rules/marks.ts';
import { ratedOrParked } from '../rules/rated-or-parked.ts';
import { payer } from '../state/payer.ts';
import { closeSlice } from './close-slice.ts';
import { type OfferSlice, offerSlice } from './offer-slice.ts';
import { rateServed } from './rate-served.ts';
import { recallSlices } from './recall-slices.ts';

const given = givenFor(payer);
const sliceId = `slc_${'a'.repeat(26)}`;
const key = `key_${'1'.repeat(26)}`;
const { time } = someContext;
const settings = { validMs: 60_000, graceMs: 10_000, idleMs: 15_000, renewBelowBps: 3000 };
const end = time + 70_000;
const of = { sliceId, partyId, gatewayId: 'gateway-1', epoch: 3 };
const wanted = { ...of, number: 1, scope: [{ model: 'qwen' }], tokens: 1000n, atLeast: 10n, spare: 0n };
const prices = [
  { of: model.of, version: 3, prices: [{ meter: 'input_tokens', unitPrice: '2', aggregation: 'sum' as const }] },
];
const asked: OfferSlice = { ...wanted, terms: { prices }, settings };
const { validMs: _, ...stated } = settings;
const offered = (over: Partial<typeof wanted & { key: string }> = {}) =>
  SliceOffered({ ...wanted, ...over, prices, validUntil: instantOf(time + 60_000), ...stated });
const refused = (number: number, why: 'not-open' | 'recalled') => SliceRefused({ ...of, number, why });
const closed = (reason: 'returned' | 'expired' | 'refused', reports = 0, lastCharged = reports) =>
  SliceClosed({ ...of, reports, lastCharged, reason });

const served = (report: number, digit = String(report)) => ({
  use: { ...use, usageId: `usg_${digit.repeat(26)}`, slice: { sliceId, report } },
  terms: directUse,
});
const reported = (report: number) => ratedOrParked(payer.initial, partyId, [served(report)]) as [MeteringEvent];
const report = (number: number, ...uses: ReturnType<typeof served>[]) => ({ partyId, sliceId, report: number, uses });
const returned = (reports: number) => ({ partyId, sliceId, reason: 'returned' as const, reports });
const expired = { partyId, sliceId, reason: 'expired' as const };

describe('a slice is offered', () => {
  it('with its prices and times, and renewed at the next request', () => {
    given().when(offerSlice, asked).then(offered());
    given(offered())
      .when(offerSlice, { ...asked, number: 2, tokens: 0n, spare: 7n })
      .then(offered({ number: 2, tokens: 0n, spare: 7n }));
  });

  it('with the time of the next prices, where it is before its end', () => {
    const [soon, late] = [instantOf(time + 1000), instantOf(time + 60_000)];
    const changing = (tariffChangesAt: string) => ({ ...asked, terms: { prices, tariffChangesAt } });
    expect(given().when(offerSlice, changing(soon)).decided[0]).toMatchObject({ data: { tariffChangesAt: soon } });
    expect(given().when(offerSlice, changing(late)).decided[0]).not.toHaveProperty('data.tariffChangesAt');
  });

  it('once for a request, in the order of requests', () => {
    expect(() => given(offered()).when(offerSlice, asked)).toThrow(AllKnown);
    expect(() => given(offered()).when(offerSlice, { ...asked, number: 3 })).toThrow(NotYet);
  });

  it.each([
    ['outdated-epoch', [offered({ sliceId: `slc_${'b'.repeat(26)}`, epoch: 4 })], {}],
    ['not-open', [], { number: 2 }],
    ['recalled', [offered(), SliceRecalled({ partyId, sliceIds: [sliceId], reason: 'frozen' })], { number: 2 }],
    ['another-is-open', [offered({ sliceId: `slc_${'b'.repeat(26)}` })], {}],
    [
      'too-many-slices',
      Array.from({ length: mostOpenSlices }, (_, index) =>
        offered({ sliceId: `slc_${'c'.repeat(24)}${10 + index}`, gatewayId: `gateway-${index + 2}` }),
      ),
      {},
    ],
  ] as const)('in no case that is %s', (why, history, over) => {
    const { number = 1 } = over as { readonly number?: number };
    given(...history)
      .when(offerSlice, { ...asked, ...over })
      .then(SliceRefused({ ...of, number, why }));
  });

  it('beside another one of the process that a key binds, and to the successor of a process', () => {
    given(offered({ sliceId: `slc_${'b'.repeat(26)}`, key }))
      .when(offerSlice, asked)
      .then(offered());
    const next = { ...asked, sliceId: `slc_${'d'.repeat(26)}`, epoch: 4 };
    given(offered())
      .when(offerSlice, next)
      .then(offered({ sliceId: next.sliceId, epoch: 4 }));
  });

  it('at no prices that are not known', () =>
    given()
      .when(offerSlice, { ...asked, terms: { waitsFor: 'model:qwen' } })
      .then(SliceRefused({ ...of, number: 1, why: 'terms-unknown', waitsFor: 'model:qwen' })));

  it('after a refused renewal that counts as answered', () =>
    given(offered(), SliceRefused({ ...of, number: 2, why: 'terms-unknown' }))
      .when(offerSlice, { ...asked, number: 3 })
      .then(offered({ number: 3 })));
});

describe('a report of a slice', () => {
  const found = () => undefined;

  it('is rated, and names its slice', () => {
    const { decided } = given(offered()).when(rateServed, report(1, served(1)), { found });
    expect(decided).toEqual(reported(1));
    expect(decided[0]).toMatchObject({ data: { uses: [{ slice: { sliceId, report: 1 } }] } });
  });

  it('is rated once, whatever a repeat of its number says', () =>
    expect(() => given(offered(), ...reported(1)).when(rateServed, report(1, served(1, '7')), { found })).toThrow(
      AllKnown,
    ));

  it('waits for those before it, until the end of its slice', () => {
    const second = report(2, served(2));
    expect(() => given(offered()).when(rateServed, second, { found })).toThrow(NotYet);
    given(offered())
      .when(rateServed, second, { found, time: end })
      .then(...reported(2));
    given(offered(), ...reported(1))
      .when(rateServed, second, { found })
      .then(...reported(2));
  });

  it('is rated after one that it should have come before, from the end of its slice on', () => {
    const late = given(offered(), ...reported(2)).when(rateServed, report(1, served(1)), { found, time: end });
    late.then(...reported(1));
    const known = { found: () => ratedMark(9, 0), time: end };
    expect(() => given(offered(), ...reported(2)).when(rateServed, report(1, served(1)), known)).toThrow(AllKnown);
  });

  it('counts as rated where it has nothing new', () => {
    const known = () => ratedMark(9, 0);
    const nothing = SliceReported({ partyId, sliceId, report: 1 });
    given(offered())
      .when(rateServed, report(1, served(1)), { found: known })
      .then(nothing);
    expect(given(offered(), nothing).state.slices).toMatchObject([{ report: 1, lastCharged: 0 }]);
    expect(() => given().when(rateServed, report(1, served(1)), { found: known })).toThrow(AllKnown);
  });

  it('is rated after the end of its slice, too', () =>
    given(offered(), closed('expired'))
      .when(rateServed, report(1, served(1), served(1)), { found })
      .then(...reported(1)));

  it('that costs nothing is known as one', () => {
    const free = { ...served(1), use: { ...served(1).use, units: { input_tokens: '0' } } };
    const events = ratedOrParked(payer.initial, partyId, [free]);
    expect(given(offered(), ...events).state.slices).toMatchObject([{ report: 1, lastCharged: 0 }]);
  });
});

describe('a slice is closed', () => {
  it('once all of its reports are rated', () => {
    expect(() => given(offered()).when(closeSlice, returned(1))).toThrow(NotYet);
    given(offered(), ...reported(1))
      .when(closeSlice, returned(1))
      .then(closed('returned', 1));
    given(offered()).when(closeSlice, returned(0)).then(closed('returned'));
  });

  it('at the end of its grace, whatever is missing', () => {
    expect(() => given(offered()).when(closeSlice, expired, { time: end - 1 })).toThrow(AllKnown);
    given(offered()).when(closeSlice, expired, { time: end }).then(closed('expired'));
    given(offered()).when(closeSlice, returned(4), { time: end }).then(closed('returned'));
  });

  it('where the wallet refused it', () =>
    given(offered())
      .when(closeSlice, { partyId, sliceId, reason: 'refused' as const })
      .then(closed('refused')));

  it('once', () => {
    const history = [offered(), closed('returned')];
    for (const command of [returned(0), expired]) {
      expect(() => given(...history).when(closeSlice, command, { time: end })).toThrow(AllKnown);
    }
    given(...history)
      .when(offerSlice, { ...asked, number: 2 })
      .then(refused(2, 'not-open'));
  });
});

describe('slices are called back', () => {
  const others = [offered(), offered({ sliceId: `slc_${'b'.repeat(26)}`, key })];
  const recalled = SliceRecalled({ partyId, sliceIds: [sliceId], reason: 'needed' });

  it('by their ids, each once', () => {
    const recall = { partyId, reason: 'needed' as const, which: { sliceIds: [sliceId, `slc_${'e'.repeat(26)}`] } };
    given(...others)
      .when(recallSlices, recall)
      .then(recalled);
    expect(() => given(...others, recalled).when(recallSlices, recall)).toThrow(AllKnown);
    given(...others, recalled)
      .when(offerSlice, { ...asked, number: 2 })
      .then(refused(2, 'recalled'));
  });

  it('by the key whose caps bind them', () =>
    given(...others)
      .when(recallSlices, { partyId, reason: 'key-revoked', which: { key } })
      .then(SliceRecalled({ partyId, sliceIds: [`slc_${'b'.repeat(26)}`], reason: 'key-revoked' })));
});

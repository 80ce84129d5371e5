import { describe, expect, it } from '@jest/globals';
import {
  type AccruedSum,
  type EventOf,
  LaneClosed,
  mostSumsOfEvent,
  type SettlementEvent,
  UsesAccrued,
} from '@tokengrid/contracts';
import { fold, givenFor, someContext } from '@tokengrid/kernel';
import { calendarOf } from '@tokengrid/service';
import fc from 'fast-check';
import { developer, provider, use } from '../examples.fixture.ts';
import { settlementLane } from '../state/settlement-lane.ts';
import { AccruedBefore, accrueUses, type Charge } from './accrue-uses.ts';
import type { AccruedUse } from './sums.ts';

const given = givenFor(settlementLane);
const walletLane = 2;
const charges = (...charged: Charge[]) => ({ walletLane, charges: charged });
const one = charges({ sequence: 17, uses: [use] });
const closed = (period: string) => LaneClosed({ period, timeZone: 'UTC', uses: 0, earned: [], escrow: [] });

const { app, plan, model, priceVersion, units } = use;
const subject = { app, plan, model, priceVersion };
/** The sums that a use brings. */
const sums = (late: Pick<AccruedSum, 'lateFor'> = {}, more: Partial<AccruedSum> = {}): AccruedSum[] =>
  use.shares.map(({ partyId, role, tokens }) => ({
    ...late,
    partyId,
    role,
    ...subject,
    tokens,
    uses: 1,
    units,
    ...more,
  }));
const accrued = (period: string, late: Pick<AccruedSum, 'lateFor'> = {}, timeZone = 'UTC') =>
  UsesAccrued({
    ...{ walletLane, from: 17, to: 17, uses: 1, tokens: 1000n },
    periods: [{ period, timeZone, uses: 1, tokens: 1000n, sums: sums(late), advanced: [] }],
  });

describe('accrueUses', () => {
  it('accrues to the day of the use', () => {
    given().when(accrueUses, one).then(accrued('2026-01-01'));
  });

  it('accrues to the next day when the day is closed, and says which day it is late for', () => {
    given(closed('2026-01-01'))
      .when(accrueUses, one)
      .then(accrued('2026-01-02', { lateFor: '2026-01-01' }));
  });

  it('accrues to the first open day after a row of closed ones, however they were closed', () => {
    given(closed('2026-01-02'), closed('2026-01-01'), closed('2026-01-04'))
      .when(accrueUses, one)
      .then(accrued('2026-01-03', { lateFor: '2026-01-01' }));
  });

  it('accrues to a day that is open although a later one is closed', () => {
    given(closed('2026-01-02')).when(accrueUses, one).then(accrued('2026-01-01'));
  });

  it.each([
    ['Asia/Shanghai', '2026-01-31T17:00:00.000Z', '2026-02-01'],
    ['Asia/Shanghai', '2026-01-31T15:59:59.999Z', '2026-01-31'],
    ['America/Sao_Paulo', '2018-11-04T02:59:59.999Z', '2018-11-03'],
    ['America/Sao_Paulo', '2018-11-05T01:59:59.999Z', '2018-11-04'],
  ])('accrues to the day that it was in %s at %s', (timeZone, time, period) => {
    given()
      .when(accrueUses, charges({ sequence: 17, uses: [{ ...use, time }] }), { calendar: calendarOf(timeZone) })
      .then(accrued(period, {}, timeZone));
  });

  it('sums what is alike over all charges, and keeps apart what differs in one of them', () => {
    const dearer = { ...use, priceVersion: 'model:qwen@5' };
    const sameDay = [...sums({}, { uses: 2, units: { input_tokens: '748', seconds: '3' } })];
    given()
      .when(
        accrueUses,
        charges(
          { sequence: 17, uses: [use, dearer] },
          { sequence: 21, uses: [use, { ...use, time: '2026-01-02T00:00:00.000Z' }] },
        ),
      )
      .then(
        UsesAccrued({
          ...{ walletLane, from: 17, to: 21, uses: 4, tokens: 4000n },
          periods: [
            {
              ...{ period: '2026-01-01', timeZone: 'UTC', uses: 3, tokens: 3000n, advanced: [] },
              sums: [
                ...sameDay.map((sum) => ({ ...sum, tokens: 2n * sum.tokens })),
                ...sums({}, { priceVersion: dearer.priceVersion }),
              ],
            },
            { period: '2026-01-02', timeZone: 'UTC', uses: 1, tokens: 1000n, sums: sums(), advanced: [] },
          ],
        }),
      );
  });

  it('passes over what it has accrued of the wallet lane before', () => {
    given(accrued('2026-01-01'))
      .when(
        accrueUses,
        charges({ sequence: 16, uses: [use] }, { sequence: 17, uses: [use] }, { sequence: 18, uses: [use] }),
      )
      .then(
        UsesAccrued({
          ...{ walletLane, from: 18, to: 18, uses: 1, tokens: 1000n },
          periods: [{ period: '2026-01-01', timeZone: 'UTC', uses: 1, tokens: 1000n, sums: sums(), advanced: [] }],
        }),
      );
  });

  it('states nothing where all is accrued, also after its day was closed', () => {
    expect(() => given(accrued('2026-01-01')).when(accrueUses, one)).toThrow(AccruedBefore);
    expect(() => given(accrued('2026-01-01'), closed('2026-01-01')).when(accrueUses, one)).toThrow(AccruedBefore);
  });

  it('follows each wallet lane by itself', () => {
    given(accrued('2026-01-01'))
      .when(accrueUses, { ...one, walletLane: 5 })
      .then(UsesAccrued({ ...accrued('2026-01-01').data, walletLane: 5 }));
  });

  it('accrues nothing of a use whose shares do not come to its price', () => {
    const faulty = charges({ sequence: 17, uses: [use, { ...use, tokens: 1001n }] });
    expect(() => given().when(accrueUses, faulty)).toThrow(
      'the shares of usg_0000000000000000000000000a come to 1000 µAIT, and its price is 1001',
    );
  });

  it('counts a use that was corrected before anything was collected for it, and no other correction', () => {
    const corrected = { ...use, number: 2 };
    const counted = (...uses: AccruedUse[]) => {
      const [event] = given().when(accrueUses, charges({ sequence: 17, uses })).decided as Accrued[];
      return [event!.data.uses, event!.data.periods[0]!.uses, event!.data.periods[0]!.sums[0]!.uses];
    };
    expect(counted({ ...corrected, first: true })).toEqual([1, 1, 1]);
    expect(counted(corrected)).toEqual([0, 0, 0]);
  });

  it('counts no use that gives back of its period, though it was not corrected', () => {
    const shares = use.shares.map((share) => ({ ...share, tokens: -share.tokens }));
    const uses: AccruedUse[] = [use, { ...use, tokens: -use.tokens, shares }];
    const [event] = given().when(accrueUses, charges({ sequence: 17, uses })).decided as Accrued[];
    expect([event!.data.uses, event!.data.tokens]).toEqual([1, 0n]);
  });

  describe('a refund', () => {
    const back = (tenths: bigint): AccruedUse => {
      const shares = use.shares.map((share) => ({ ...share, tokens: (-share.tokens * tenths) / 10n }));
      return { ...use, number: 1, units: { input_tokens: '-74' }, tokens: -100n * tenths, shares };
    };
    const refunded = (sequence: number, tenths: bigint) => charges({ sequence, uses: [back(tenths)] });
    const half = { uses: 0, units: { input_tokens: '-74' } };
    const lateSums = (late: Pick<AccruedSum, 'lateFor'> = {}) =>
      sums(late, half).map((sum) => ({ ...sum, tokens: -sum.tokens / 2n }));

    it('takes its shares back, with a sign, and is no further use', () => {
      given(accrued('2026-01-01'))
        .when(accrueUses, refunded(18, 5n))
        .then(
          UsesAccrued({
            ...{ walletLane, from: 18, to: 18, uses: 0, tokens: -500n },
            periods: [
              { period: '2026-01-01', timeZone: 'UTC', uses: 0, tokens: -500n, sums: lateSums(), advanced: [] },
            ],
          }),
        );
    });

    it('after the day was closed is advanced by the operator, where nobody earned enough since', () => {
      given(accrued('2026-01-01'), closed('2026-01-01'))
        .when(accrueUses, refunded(18, 5n))
        .then(
          UsesAccrued({
            ...{ walletLane, from: 18, to: 18, uses: 0, tokens: -500n },
            periods: [
              {
                ...{ period: '2026-01-02', timeZone: 'UTC', uses: 0, tokens: -500n },
                sums: lateSums({ lateFor: '2026-01-01' }),
                advanced: [
                  { partyId: provider, role: 'provider', tokens: 300n },
                  { partyId: developer, role: 'developer', tokens: 150n },
                ],
              },
            ],
          }),
        );
    });

    it('is advanced the same, in whatever batches it is read', () => {
      const advanced = (...batches: Charge[][]) => {
        const events: SettlementEvent[] = [accrued('2026-01-01'), closed('2026-01-01')];
        for (const batch of batches) {
          const state = fold<typeof settlementLane.initial, SettlementEvent>(settlementLane, events);
          events.push(...(accrueUses(state, charges(...batch), someContext) as Accrued[]));
        }
        const stated = events.flatMap((event) => (event.type === 'UsesAccrued' ? event.data.periods : []));
        const sums = Map.groupBy(
          stated.flatMap((period) => period.advanced),
          ({ role }) => role,
        );
        return [...sums].map(([role, of]) => [role, of.reduce((sum, { tokens }) => sum + tokens, 0n)]);
      };
      const [lost, more] = [refunded(18, 5n).charges[0]!, { sequence: 19, uses: [use] }];
      expect(advanced([lost, more])).toEqual(advanced([lost], [more]));
      expect(advanced([lost, more])).toEqual([
        ['provider', 300n],
        ['developer', 150n],
      ]);
    });

    it('takes nobody but the operator below 0, several refunds of one command together', () => {
      const decided = given(accrued('2026-01-01')).when(
        accrueUses,
        charges({ sequence: 18, uses: [back(10n)] }, { sequence: 19, uses: [back(10n)] }),
      ).decided as Accrued[];
      const after = fold<typeof settlementLane.initial, SettlementEvent>(settlementLane, [
        accrued('2026-01-01'),
        ...decided,
      ]).open.get('2026-01-01')!;
      expect([...after.earned.values()].map(({ role, tokens }) => [role, tokens])).toEqual([
        ['operator', -1000n],
        ['provider', 0n],
        ['developer', 0n],
      ]);
      expect(after.escrow.get(walletLane)).toBe(-1000n);
    });
  });

  it('states more than one event where one would get too large, one after another', () => {
    const different = (charge: number) =>
      Array.from({ length: 100 }, (_, index) => ({ ...use, priceVersion: `model:qwen@${charge * 100 + index}` }));
    const many = charges(...[3, 5, 6, 9, 12].map((sequence) => ({ sequence, uses: different(sequence) })));
    const events = given().when(accrueUses, many).decided as Accrued[];
    expect(events.map(({ data: { from, to, uses } }) => [from, to, uses])).toEqual([
      [3, 6, 300],
      [9, 12, 200],
    ]);
    for (const { data } of events) expect(data.periods[0]!.sums.length).toBeLessThanOrEqual(mostSumsOfEvent);
  });
});

type Accrued = EventOf<typeof UsesAccrued>;

const anyUse: fc.Arbitrary<AccruedUse> = fc
  .record({
    hours: fc.nat(80),
    fee: fc.bigInt(0n, 10n ** 6n),
    rest: fc.bigInt(1n, 10n ** 9n),
    app: fc.constantFrom('translate', 'chat'),
    seller: fc.constantFrom(developer, provider),
    units: fc.nat(10 ** 9),
  })
  .map(({ hours, fee, rest, app, seller, units }) => ({
    ...{ ...use, app, tokens: fee + rest, units: { seconds: `${units}.5` } },
    time: new Date(Date.UTC(2026, 0, 1, hours)).toISOString(),
    shares: [
      { role: 'operator', partyId: 'operator', tokens: fee },
      { role: 'developer', partyId: seller, tokens: rest },
    ],
  }));

describe('however the charges of a wallet lane are delivered', () => {
  const lane = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(anyUse, { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 12,
  });
  /** Batches: how many charges back each begins, and how many it has. */
  const deliveries = fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 6 })), { maxLength: 30 });

  it('each is accrued once, in order, and the sums are those of all uses', () => {
    fc.assert(
      fc.property(lane, deliveries, (gaps, batches) => {
        let sequence = 0;
        const log = gaps.map(([gap, uses]): Charge => ({ sequence: (sequence += gap), uses }));
        const events: Accrued[] = [];
        let read = 0;
        const deliver = (back: number, count: number) => {
          const start = Math.max(0, read - back);
          const batch = charges(...log.slice(start, start + count));
          read = Math.max(read, start + batch.charges.length);
          if (batch.charges.length === 0) return;
          try {
            const state = fold<typeof settlementLane.initial, SettlementEvent>(settlementLane, events);
            events.push(...(accrueUses(state, batch, someContext) as Accrued[]));
          } catch (error) {
            if (!(error instanceof AccruedBefore)) throw error;
          }
        };
        for (const [back, count] of batches) deliver(back, count);
        while (read < log.length) deliver(0, 2);

        expect(
          log.map(
            ({ sequence }) => events.filter(({ data: { from, to } }) => from <= sequence && sequence <= to).length,
          ),
        ).toEqual(log.map(() => 1));
        const sorted = events.map(({ data: { from, to } }) => [from, to]);
        expect(sorted).toEqual([...sorted].sort(([a], [b]) => a! - b!));
        const atOnce = accrueUses(settlementLane.initial, charges(...log), someContext) as Accrued[];
        expect(summed(events)).toEqual(summed(atOnce));
      }),
    );
  });
});

/** All that events accrued: tokens, uses and units by what they are summed by. */
function summed(events: readonly Accrued[]): ReadonlyMap<string, readonly [bigint, number, number]> {
  const found = new Map<string, readonly [bigint, number, number]>();
  for (const { period, sums } of events.flatMap(({ data }) => data.periods)) {
    for (const { tokens, uses, units, ...of } of sums) {
      const key = JSON.stringify([period, of]);
      const [t, u, s] = found.get(key) ?? [0n, 0, 0];
      found.set(key, [t + tokens, u + uses, s + Number(units['seconds'])]);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

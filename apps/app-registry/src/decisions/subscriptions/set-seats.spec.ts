import { describe, expect, it } from '@jest/globals';
import {
  type AppRegistryEvent,
  AppSubscribed,
  AppUnsubscribed,
  type EventOf,
  feeUsageId,
  instantOf,
  SeatsSet,
  SubscriptionRenewed,
} from '@tokengrid/contracts';
import { fold, givenFor, someContext } from '@tokengrid/kernel';
import fc from 'fast-check';
import { appId, developerId, partyId, slug } from '../examples.fixture.ts';
import { nextFeeAt } from '../rules/fees.ts';
import { type Subscription, subscription } from '../state/subscription.ts';
import { changePlan } from './change-plan.ts';
import { renewSubscription } from './renew-subscription.ts';
import { setSeats } from './set-seats.ts';
import { subscribeToApp } from './subscribe-to-app.ts';

type SeatsEvent = EventOf<typeof SeatsSet>;
const given = givenFor(subscription);
const dayMs = 24 * 60 * 60 * 1000;
/** The first of a month of 31 days. */
const start = Date.UTC(2026, 0, 1);
const at = (days: number) => ({ ...someContext, time: start + days * dayMs });
const day = (days: number) => instantOf(start + days * dayMs);
const subscriptionId = 'sbn_01jzz0000000000000000000s1';
const ofIt = { subscriptionId, appId, partyId };
const named = { ...ofIt, slug };
const terms = { developerId, version: 3, planId: 'team' };
const feeTerms = { version: 3, monthlyFee: 3100n, seatFee: 31_000n, operatorBps: 1000 };
const offer = {
  ...{ suspended: false, version: 3, operatorBps: 1000 },
  plans: [
    { id: 'team', monthlyFee: 3100n, seatFee: 31_000n, trialDays: 10 },
    { id: 'pro', monthlyFee: 31_000n },
  ],
};
const subscribed = AppSubscribed({ ...named, ...terms, from: day(0), trialUntil: day(0), seats: 2 });
const renewed = SubscriptionRenewed({
  ...{ ...named, ...terms, operatorBps: 1000, from: day(0), until: day(31) },
  ...{ monthlyFee: 3100n, seatFee: 31_000n, seats: 2, fee: 65_100n, credit: 0n },
});
const set = (from: number, seats: number, fee: bigint, credit: bigint, until = 31) =>
  SeatsSet({
    ...{ ...named, ...terms, operatorBps: 1000, from: day(from), until: day(until) },
    ...{ seats, fee, credit },
  });
const toSeats = (seats: number) => ({ ...ofIt, seats, terms: feeTerms });

describe('the seats of a subscription', () => {
  it('are charged under the caps of the key that set them, and so are the months that follow', () => {
    const [owner, capped] = ['key_01jzz0000000000000000000k1', 'key_01jzz0000000000000000000k2'];
    const [subscribedBy, paid] = [
      { ...subscribed.data, key: owner },
      { ...renewed.data, key: owner },
    ];
    const history = [AppSubscribed(subscribedBy), SubscriptionRenewed(paid)] as const;
    const more = SeatsSet({ ...set(0, 4, 62_000n, 0n).data, from: instantOf(start + 1), key: capped });
    const { decided } = given(...history).when(setSeats, { ...toSeats(4), key: capped }, at(0));
    expect(decided).toMatchObject([{ type: 'SeatsSet', data: { seats: 4, key: capped } }]);
    const renewal = { ...ofIt, from: at(31).time, terms: feeTerms };
    const keyAfter = (...events: readonly AppRegistryEvent[]) =>
      (given(...history, ...events).when(renewSubscription, renewal, at(31)).decided as AppRegistryEvent[]).map(
        ({ data }) => data,
      );
    expect(keyAfter(more)).toMatchObject([{ seats: 4, key: capped }]);
    expect(keyAfter(more, SeatsSet({ ...more.data, seats: 5, key: undefined }))).toMatchObject([{ seats: 5 }]);
    expect(keyAfter(more, SeatsSet({ ...more.data, seats: 5, key: undefined }))[0]).not.toHaveProperty('key');
  });

  it('are one by default, and are charged with the monthly fee', () => {
    const subscribe = {
      ...named,
      developerId,
      planId: 'team',
      trialDayMs: dayMs,
      offer: { ...offer, plans: [{ ...offer.plans[0]!, trialDays: 0 }] },
    };
    const [first, fee] = given().when(subscribeToApp, subscribe, at(0)).decided;
    expect([first, fee]).toMatchObject([{ data: { seats: 1 } }, { data: { fee: 34_100n, seats: 1 } }]);
    expect(given().when(subscribeToApp, { ...subscribe, seats: 7 }, at(0)).decided).toMatchObject([
      { data: { seats: 7 } },
      { data: { fee: 220_100n, seats: 7 } },
    ]);
  });

  it('cost the rest of the month when they are added', () => {
    // 21 of 31 days are left.
    given(subscribed, renewed)
      .when(setSeats, toSeats(5), at(10))
      .then(set(10, 5, 63_000n, 0n));
  });

  it('leave the rest of the month as credit when they are removed, for seats and fees to come', () => {
    const removed = set(10, 1, 0n, 21_000n);
    given(subscribed, renewed).when(setSeats, toSeats(1), at(10)).then(removed);
    const added = set(21, 2, 0n, 11_000n);
    given(subscribed, renewed, removed).when(setSeats, toSeats(2), at(21)).then(added);
    const next = given(subscribed, renewed, removed, added).when(
      renewSubscription,
      { ...ofIt, from: at(31).time, terms: feeTerms },
      at(31),
    );
    expect(next.decided).toMatchObject([{ data: { seats: 2, fee: 54_100n, credit: 0n } }]);
  });

  it('cost nothing during the trial, and from its end on the number of then', () => {
    const inTrial = AppSubscribed({ ...named, ...terms, from: day(0), trialUntil: day(10), seats: 2 });
    const more = set(4, 4, 0n, 0n, 10);
    given(inTrial).when(setSeats, toSeats(4), at(4)).then(more);
    const due = given(inTrial, more).when(
      renewSubscription,
      { ...ofIt, from: at(10).time, terms: feeTerms },
      at(10),
    ).decided;
    expect(due).toMatchObject([{ data: { seats: 4, fee: 86_100n } }]);
  });

  it('of a month that is over are those of the next one, until its fee is stated', () => {
    given(subscribed, renewed)
      .when(setSeats, toSeats(9), at(31.5))
      .then(set(31, 9, 0n, 0n));
  });

  it('stay with a change of plan, or are given up with what they left as credit', () => {
    const changed = { ...ofIt, nextId: 'sbn_01jzz0000000000000000000s2', offer: { ...offer, version: 4 } };
    const kept = given(subscribed, renewed).when(changePlan, { ...changed, planId: 'team' }, at(31)).decided;
    expect(kept).toMatchObject([{}, { data: { seats: 2 } }, { data: { seats: 2, fee: 65_100n } }]);
    const [ended, next, fee] = given(subscribed, renewed).when(
      changePlan,
      { ...changed, planId: 'pro' },
      at(0.001),
    ).decided;
    expect(ended).toEqual(AppUnsubscribed({ ...named, until: day(0.001), reason: 'changed' }));
    expect(next).not.toHaveProperty('data.seats');
    expect(fee).toMatchObject({ data: { fee: 0n, credit: 34_098n, seats: 1 } });
  });

  it('changed twice at one time are charged by two uses', () => {
    const first = given(subscribed, renewed).when(setSeats, toSeats(3), at(0)).decided as SeatsEvent[];
    const second = given(subscribed, renewed, ...first).when(setSeats, toSeats(4), at(0)).decided as SeatsEvent[];
    const starts = [renewed, ...first, ...second].map(({ data }) => data.from);
    expect(new Set(starts.map((from) => feeUsageId(subscriptionId, from))).size).toBe(3);
  });
});

/** A fraction of big integers; the model below knows nothing of the code. */
type Fraction = readonly [top: bigint, bottom: bigint];
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const halfUp = ([top, bottom]: Fraction): bigint => (top * 2n + bottom) / (bottom * 2n);

/** Seats from a time on. */
interface Step {
  readonly at: number;
  readonly seats: number;
}

/** Fee of a part of a month: each span with one number of seats, by its share; rounded once. */
function modelFee(steps: readonly Step[], from: number, until: number, monthMs: number, monthly: bigint, seat: bigint) {
  const borders = [from, ...steps.map((step) => step.at).filter((time) => time > from && time < until), until];
  let fee: Fraction = [0n, 1n];
  for (const [index, begins] of borders.slice(0, -1).entries()) {
    const ms = BigInt(borders[index + 1]! - begins);
    const { seats } = steps.filter((step) => step.at <= begins).at(-1)!;
    fee = plus(fee, [(monthly + BigInt(seats) * seat) * ms, BigInt(monthMs)]);
  }
  return halfUp(fee);
}

const months = [0, 1, 2, 3].map((month) => Date.UTC(2026, month, 1));
const amounts = fc.oneof(fc.bigInt(0n, 50n), fc.bigInt(0n, 10n ** 24n));
const histories = fc.record({
  monthly: amounts,
  seat: amounts,
  first: fc.integer({ min: 1, max: 100_000 }),
  changes: fc.array(fc.tuple(fc.nat(months[3]! - start - 2), fc.integer({ min: 1, max: 100_000 })), { maxLength: 12 }),
});

it('the fee of a month is the sum of seats × fee × share of the month, rounded once, whatever changes when', () =>
  fc.assert(
    fc.property(histories, ({ monthly, seat, first, changes }) => {
      const command = { ...ofIt, terms: { ...feeTerms, monthlyFee: monthly, seatFee: seat } };
      const events: AppRegistryEvent[] = [
        AppSubscribed({ ...named, ...terms, from: day(0), trialUntil: day(0), seats: first }),
      ];
      const steps: Step[] = [{ at: start, seats: first }];
      const state = () => running(fold(subscription, events));
      const renewUntil = (time: number) => {
        while (nextFeeAt(state()) <= time) {
          const from = nextFeeAt(state());
          events.push(...renewSubscription(state(), { ...command, from }, { ...someContext, time: from }));
        }
      };
      const all = [...changes].sort(([one], [other]) => one - other);
      for (const [index, [offset, seats]] of all.entries()) {
        const time = start + 1 + offset;
        if (offset === all[index - 1]?.[0] || months.includes(time)) continue;
        renewUntil(time);
        const [decided] = setSeats(state(), { ...command, seats }, { ...someContext, time });
        if (decided!.type !== 'SeatsSet') continue;
        events.push(decided!);
        steps.push({ at: time, seats });
      }
      renewUntil(months[3]! - 1);
      let before = 0n;
      for (const [month, from] of months.slice(0, 3).entries()) {
        const until = months[month + 1]!;
        const stated = events.flatMap((event) =>
          event.type === 'SubscriptionRenewed' || event.type === 'SeatsSet' ? [event.data] : [],
        );
        const ofMonth = stated.filter((each) => Date.parse(each.from) >= from && Date.parse(each.from) < until);
        const paid = ofMonth.reduce((sum, { fee }) => sum + fee, 0n);
        const credit = ofMonth.at(-1)!.credit;
        expect(paid + before - credit).toBe(modelFee(steps, from, until, until - from, monthly, seat));
        before = credit;
      }
    }),
  ));

function running(state: Subscription) {
  if (state.status === 'none') throw new Error('there is no subscription');
  return state;
}

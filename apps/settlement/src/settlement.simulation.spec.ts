import { describe, expect, it } from '@jest/globals';
import type { SettlementEvent } from '@tokengrid/contracts';
import { dayAfter, type DecisionContext, utcCalendar } from '@tokengrid/kernel';
import fc from 'fast-check';
import { accrueUsage } from './decisions/accruals/accrue-usage.ts';
import { book } from './decisions/state/book.ts';
import { closeLane } from './decisions/periods/close-lane.ts';
import { closePeriod } from './decisions/periods/close-period.ts';
import { countLane } from './decisions/periods/count-lane.ts';
import { firstDayOutside } from './decisions/state/days.ts';
import { period as periods } from './decisions/state/period.ts';
import { developer, provider } from './decisions/examples.fixture.ts';
import { settlementLane } from './decisions/state/settlement-lane.ts';

const lanes = 2;
const calendar = utcCalendar;
const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

/** The wallet's escrow and the messages in flight, beside the states that decisions fold. */
class World {
  time = start;
  lanes = Array.from({ length: lanes }, () => settlementLane.initial);
  book = book.initial;
  periods = new Map<string, typeof periods.initial>();
  escrow = [0n, 0n, 0n];
  accrued = new Map<string, bigint>();
  /** Closings not yet delivered to lanes, and counts not yet delivered to the book. */
  closings: { lane: number; period: string }[] = [];
  counts: Parameters<typeof countLane>[1][] = [];
  uses = 0;
  settledUses = 0;

  context(lane = 0): DecisionContext {
    return { time: this.time, calendar, lane, lanes, system: undefined };
  }

  use(lane: number, walletLane: number, tokens: bigint, cost: bigint, ageHours: number): void {
    this.escrow[walletLane]! += tokens;
    const fee = tokens / 10n;
    const data = {
      usageId: `use-${this.uses++}`,
      chargeId: 'chg',
      payerId: 'sub',
      time: new Date(this.time - ageHours * hourMs).toISOString(),
      tokens,
      shares: [
        { role: 'operator', partyId: 'operator', tokens: fee },
        { role: 'provider', partyId: provider, tokens: cost },
        { role: 'developer', partyId: developer, tokens: tokens - fee - cost },
      ] as const,
      walletLane,
    };
    const use = { ...data, shares: [...data.shares] };
    for (const event of accrueUsage(this.lanes[lane]!, use, this.context(lane)) as SettlementEvent[]) {
      this.lanes[lane] = settlementLane.evolve(this.lanes[lane]!, event);
      if (event.type !== 'UsageAccrued') throw new Error(event.type);
      const { period } = event.data;
      expect(event.data.lateFor ?? period).toBe(calendar.dayOf(Date.parse(data.time)));
      this.accrued.set(period, (this.accrued.get(period) ?? 0n) + tokens);
    }
  }

  close(period: string): void {
    const before = this.periods.get(period) ?? periods.initial;
    const command = { period, early: true, accruingTo: this.accruingTo() };
    const [event] = closePeriod(before, command, this.context());
    this.periods.set(period, periods.evolve(before, event as SettlementEvent));
    if ((event as SettlementEvent).type !== 'PeriodClosing') return;
    for (let lane = 0; lane < lanes; lane++) this.closings.push({ lane, period });
  }

  private accruingTo(): string {
    let day = calendar.dayOf(this.time);
    while (this.periods.get(day)?.status === 'closing') day = dayAfter(day);
    return day;
  }

  /** Delivers one random message in flight. */
  deliver(chance: number): void {
    const messages = this.closings.length + this.counts.length;
    if (messages === 0) return;
    const chosen = chance % messages;
    if (chosen < this.closings.length) this.closeLane(...this.closings.splice(chosen, 1));
    else this.count(...this.counts.splice(chosen - this.closings.length, 1));
  }

  private closeLane(...[closing]: { lane: number; period: string }[]): void {
    const { lane, period } = closing!;
    const [event] = closeLane(this.lanes[lane]!, { period, timeZone: 'UTC' }) as SettlementEvent[];
    this.lanes[lane] = settlementLane.evolve(this.lanes[lane]!, event!);
    if (event?.type === 'LaneClosed') this.counts.push({ ...event.data, lane });
  }

  private count(...[count]: Parameters<typeof countLane>[1][]): void {
    let paid = 0n;
    for (const event of countLane(this.book, count!, this.context()) as SettlementEvent[]) {
      this.book = book.evolve(this.book, event);
      if (event.type === 'StatementMade') {
        paid += event.data.tokens;
        for (const { walletLane, tokens } of event.data.payFrom) this.escrow[walletLane]! -= tokens;
      } else if (event.type === 'PeriodClosed') {
        this.settledUses += event.data.uses;
        expect(paid).toBe(event.data.tokens);
        expect(paid).toBe(this.accrued.get(event.data.period) ?? 0n);
      }
    }
  }

  check(): void {
    for (const held of this.escrow) expect(held >= 0n).toBe(true);
    expect([...this.book.carries.values()].reduce((a, b) => a + b, 0n)).toBe(0n);
    for (const { open, closed } of this.lanes) {
      for (const day of open.keys()) expect(firstDayOutside(closed, day)).toBe(day);
    }
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      lane: fc.nat(lanes - 1),
      walletLane: fc.nat(2),
      tokens: fc.bigInt(1n, 10n ** 9n),
      cost: fc.bigInt(0n, 10n ** 9n),
      ageHours: fc.nat(60),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('close' as const), daysAgo: fc.integer({ min: -2, max: 3 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver' as const), chance: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }) },
);

describe('settlement, simulated', () => {
  it('pays out exactly what was accrued, however closings, lanes, late uses and counts come between each other', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const world = new World();
        for (const step of steps) {
          if (step.kind === 'use') world.use(step.lane, step.walletLane, step.tokens, step.cost, step.ageHours);
          else if (step.kind === 'close') world.close(calendar.dayOf(world.time - step.daysAgo * 24 * hourMs));
          else if (step.kind === 'deliver') world.deliver(step.chance);
          else world.time += step.hours * hourMs;
          world.check();
        }
        settleAll(world);
        expect(world.escrow).toEqual([0n, 0n, 0n]);
        expect(world.settledUses).toBe(world.uses);
        expect(world.book.counting.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

/** Delivers everything, then closes every day with accruals: nothing may be left anywhere. */
function settleAll(world: World): void {
  const deliverAll = () => {
    while (world.closings.length + world.counts.length > 0) world.deliver(0);
  };
  deliverAll();
  world.time += 400 * 24 * hourMs;
  for (const lane of world.lanes) for (const period of lane.open.keys()) world.close(period);
  deliverAll();
  world.check();
}

import { describe, expect, it } from '@jest/globals';
import { basisPointsOf, type SettlementEvent } from '@tokengrid/contracts';
import { dayAfter, type DecisionContext, someContext, utcCalendar } from '@tokengrid/kernel';
import fc from 'fast-check';
import { AccruedBefore, accrueUses, type Charge } from './decisions/accruals/accrue-uses.ts';
import { developer, provider, use } from './decisions/examples.fixture.ts';
import { closeLane } from './decisions/periods/close-lane.ts';
import { closePeriod } from './decisions/periods/close-period.ts';
import { countLane } from './decisions/periods/count-lane.ts';
import { book } from './decisions/state/book.ts';
import { firstDayOutside } from './decisions/state/days.ts';
import { period as periods } from './decisions/state/period.ts';
import { settlementLane } from './decisions/state/settlement-lane.ts';

const lanes = 2;
const walletLanes = 3;
const calendar = utcCalendar;
const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

/** A wallet lane: its charges, and how far its readers have come. */
interface WalletLane {
  readonly charges: Charge[];
  sequence: number;
  /** Number of charges that have been delivered. */
  read: number;
  escrow: bigint;
}

interface Step {
  readonly walletLane: number;
  readonly tokens: readonly bigint[];
  readonly cost: bigint;
  readonly ageHours: number;
}

/** The wallet's lanes and the messages in flight, beside the states that decisions fold. */
class World {
  time = start;
  wallet: readonly WalletLane[] = Array.from({ length: walletLanes }, () => ({
    ...{ charges: [], sequence: 0, read: 0, escrow: 0n },
  }));
  lanes = Array.from({ length: lanes }, () => settlementLane.initial);
  book = book.initial;
  periods = new Map<string, typeof periods.initial>();
  /** What each period was accrued, and each party earned, by the decisions' events. */
  accrued = new Map<string, bigint>();
  earned = new Map<string, bigint>();
  paid = new Map<string, bigint>();
  /** Closings not yet delivered to lanes, and counts not yet delivered to the book. */
  closings: { lane: number; period: string }[] = [];
  counts: Parameters<typeof countLane>[1][] = [];
  /** Uses of which something was given back. */
  readonly refunded = new Set<string>();
  uses = 0;
  settledUses = 0;

  context(lane = 0): DecisionContext {
    return { ...someContext, time: this.time, calendar, lane, lanes };
  }

  /** The wallet charges uses: some tokens each, of which the model's provider gets its price. */
  charge({ walletLane, tokens, cost, ageHours }: Step): void {
    const lane = this.wallet[walletLane]!;
    lane.sequence += 1 + (this.uses % 3);
    const uses = tokens.map((paid) => {
      const fee = basisPointsOf(paid, 1000);
      const left = paid - fee;
      const providers = cost < left ? cost : left;
      const shares = [
        { role: 'operator', partyId: 'operator', tokens: fee },
        { role: 'provider', partyId: provider, tokens: providers },
        { role: 'developer', partyId: developer, tokens: left - providers },
      ] as const;
      for (const share of shares) add(this.earned, share.partyId, share.tokens);
      const time = new Date(this.time - ageHours * hourMs).toISOString();
      return { ...use, usageId: `use-${this.uses++}`, time, tokens: paid, shares: [...shares] };
    });
    lane.charges.push({ sequence: lane.sequence, uses });
    lane.escrow += sum(tokens);
  }

  /** The wallet gives back a part of a use that it charged, from the same lane's escrow. */
  refund(walletLane: number, which: number, tenths: bigint): void {
    const lane = this.wallet[walletLane]!;
    const charged = lane.charges.flatMap(({ uses }) => uses).filter(({ tokens }) => tokens > 0n);
    const before = charged[which % charged.length];
    if (!before || this.refunded.has(before.usageId)) return;
    this.refunded.add(before.usageId);
    const shares = before.shares.map((share) => ({ ...share, tokens: -(share.tokens * tenths) / 10n }));
    for (const share of shares) add(this.earned, share.partyId, share.tokens);
    const tokens = sum(shares.map((share) => share.tokens));
    lane.sequence += 1;
    lane.charges.push({ sequence: lane.sequence, uses: [{ ...before, number: 1, tokens, shares }] });
    lane.escrow += tokens;
  }

  /** Delivers charges of a wallet lane: some that came before, and some that come next. */
  follow(walletLane: number, back: number, count: number): void {
    const followed = this.wallet[walletLane]!;
    const first = Math.max(0, followed.read - back);
    const charges = followed.charges.slice(first, first + count);
    if (charges.length === 0) return;
    const lane = walletLane % lanes;
    let events: readonly SettlementEvent[] = [];
    try {
      events = accrueUses(this.lanes[lane]!, { walletLane, charges }, this.context(lane));
    } catch (error) {
      if (!(error instanceof AccruedBefore)) throw error;
    }
    followed.read = Math.max(followed.read, first + charges.length);
    for (const event of events) {
      if (event.type !== 'UsesAccrued') throw new Error(event.type);
      for (const { period, tokens, advanced } of event.data.periods) {
        expect(firstDayOutside(this.lanes[lane]!.closed, period)).toBe(period);
        add(this.accrued, period, tokens);
        for (const { partyId, tokens } of advanced) {
          add(this.earned, partyId, tokens);
          add(this.earned, 'operator', -tokens);
        }
      }
      this.lanes[lane] = settlementLane.evolve(this.lanes[lane]!, event);
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
        if (event.data.partyId !== 'operator') expect(event.data.tokens >= 0n).toBe(true);
        add(this.paid, event.data.partyId, event.data.tokens);
        for (const { walletLane, tokens } of event.data.payFrom) this.wallet[walletLane]!.escrow -= tokens;
      } else if (event.type === 'PeriodClosed') {
        this.settledUses += event.data.uses;
        expect(paid).toBe(event.data.tokens);
        expect(paid).toBe(this.accrued.get(event.data.period) ?? 0n);
      }
    }
  }

  /** Escrow of a wallet lane that is accrued and not paid yet, wherever its totals are. */
  private held(walletLane: number): bigint {
    const totals = [
      ...this.lanes.flatMap(({ open }) => [...open.values()]).map(({ escrow }) => escrow),
      ...[...this.book.counting.values()].map(({ totals }) => totals.escrow),
      ...this.counts.map(({ escrow }) => new Map(escrow.map(({ walletLane, tokens }) => [walletLane, tokens]))),
    ];
    return sum(totals.map((escrow) => escrow.get(walletLane) ?? 0n));
  }

  check(): void {
    this.wallet.forEach(({ charges, read, escrow }, walletLane) => {
      const unread = charges.slice(read).flatMap(({ uses }) => uses.map(({ tokens }) => tokens));
      expect(escrow).toBe(sum(unread) + this.held(walletLane));
    });
    for (const { open, closed } of this.lanes) {
      for (const day of open.keys()) expect(firstDayOutside(closed, day)).toBe(day);
      const earned = [...open.values()].flatMap((totals) => [...totals.earned.values()]);
      for (const { role, tokens } of earned) if (role !== 'operator') expect(tokens >= 0n).toBe(true);
    }
  }
}

const sum = (amounts: readonly bigint[]) => amounts.reduce((a, b) => a + b, 0n);
const add = (sums: Map<string, bigint>, key: string, more: bigint) => sums.set(key, (sums.get(key) ?? 0n) + more);

const walletLane = fc.nat(walletLanes - 1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('charge' as const),
      walletLane,
      tokens: fc.array(fc.bigInt(1n, 10n ** 9n), { minLength: 1, maxLength: 3 }),
      cost: fc.bigInt(0n, 10n ** 9n),
      ageHours: fc.nat(60),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('follow' as const),
      walletLane,
      back: fc.nat(4),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      walletLane,
      which: fc.nat(100),
      tenths: fc.bigInt(1n, 10n),
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
  it('pays each party what it earned, however repeats, refunds, lanes, late uses, closings and counts come between each other', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const world = new World();
        for (const step of steps) {
          if (step.kind === 'charge') world.charge(step);
          else if (step.kind === 'refund') world.refund(step.walletLane, step.which, step.tenths);
          else if (step.kind === 'follow') world.follow(step.walletLane, step.back, step.count);
          else if (step.kind === 'close') world.close(calendar.dayOf(world.time - step.daysAgo * 24 * hourMs));
          else if (step.kind === 'deliver') world.deliver(step.chance);
          else world.time += step.hours * hourMs;
          world.check();
        }
        settleAll(world);
        expect(world.wallet.map(({ escrow }) => escrow)).toEqual([0n, 0n, 0n]);
        expect(world.settledUses).toBe(world.uses);
        expect([...world.paid].sort()).toEqual([...world.earned].sort());
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
  world.wallet.forEach(({ charges }, walletLane) => world.follow(walletLane, charges.length, charges.length));
  deliverAll();
  world.time += 400 * 24 * hourMs;
  for (const lane of world.lanes) for (const period of lane.open.keys()) world.close(period);
  deliverAll();
  world.check();
}

import type { MeteringEvent, RatedUse, SettlementEvent, WalletEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { Violation } from '@tokengrid/simulation-kit';
import { periodLatenessMs } from '../machine/metering.ts';
import type { Facts } from '../model/facts.ts';
import { periodSource } from './closed-periods.ts';
import { ChargedUses } from './charged-uses.ts';
import { EarnedShares } from './earned-shares.ts';
import { feeSource } from './fees.ts';
import { RatedUses } from './rated-uses.ts';

/** Numbers of lanes of the services: all different, so that none can be taken for another's. */
export const lanes = { metering: 4, wallet: 3, settlement: 2 } as const;

/** Looks at every event the moment that it is true. */
export class Checker {
  readonly rated: RatedUses;
  readonly charged: ChargedUses;
  readonly earned: EarnedShares;
  /** The first thing that was not as it has to be. */
  violation: Violation | undefined;
  /** What happened, and how often. */
  readonly reached = new Map<string, number>();
  /** Events so far. */
  events = 0;
  private readonly last: string[] = [];

  /** @param lineOf keys that a key descends from, with itself */
  constructor(zone: string, heard: Facts, now: () => number, lineOf: (key: string) => readonly string[]) {
    this.rated = new RatedUses(heard, { now }, zone, periodLatenessMs);
    this.charged = new ChargedUses(zone, lanes.wallet, lineOf);
    this.earned = new EarnedShares(zone, lanes, (chargeId) => this.charged.uses.isFirst(chargeId));
  }

  /** The last events, one line each. */
  get lastEvents(): readonly string[] {
    return this.last;
  }

  metering(events: readonly Recorded<MeteringEvent>[]): void {
    this.look(events, () => {
      this.rated.forgotten.follow(events);
      for (const event of events) {
        this.rated.see(event);
        if (event.type === 'UsageCorrected') this.charged.expect(event);
        if (event.type !== 'UsageRated') continue;
        this.charged.expect(event);
        for (const use of event.data.uses) this.countRated(use);
      }
    });
  }

  wallet(events: readonly Recorded<WalletEvent>[]): void {
    this.look(events, () => {
      this.charged.see(events);
      for (const event of events) {
        if (event.type === 'WalletCharged') this.earned.expect(event);
        if (event.type === 'EscrowReleased' || event.type === 'FeesCollected') {
          this.earned.pay(event.data.statementId, event.lane, event.data.tokens, event.id);
        }
      }
    });
  }

  settlement(events: readonly Recorded<SettlementEvent>[]): void {
    this.look(events, () => {
      for (const event of events) {
        if (event.type === 'PeriodClosing') this.rated.corrected.closing.add(event.data.period);
        if (event.type === 'UsesAccrued') {
          this.earned.accrue(event);
          this.rated.advances.expect(event);
        }
        if (event.type === 'LaneClosed') this.earned.close(event);
        if (event.type === 'LaneCounted') this.earned.count(event);
        if (event.type === 'StatementPaid') this.earned.record(event);
        if (event.type === 'PeriodClosed') {
          const statements = events.filter((each) => each.type === 'StatementMade');
          this.earned.settle(event.data.period, statements, event.data);
        }
      }
      const settles = events.some(({ type }) => type === 'PeriodClosed');
      if (!settles && events.some(({ type }) => type === 'StatementMade')) {
        throw new Violation('a statement is made before the period is closed');
      }
    });
  }

  private look(events: readonly Recorded<DomainEvent>[], check: () => void): void {
    for (const { id, type, streamId } of events) {
      this.count(type);
      this.events += 1;
      this.last.push(`${id} ${type} ${streamId}`);
    }
    this.last.splice(0, this.last.length - 12);
    try {
      check();
      this.balance();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.violation ??= error;
    }
  }

  count(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }

  /** What of the rules of prices a history has reached. */
  private countRated({ source, subsidyOf, counted, lines, tokens }: RatedUse): void {
    if (source === periodSource) this.count('period closed');
    if (source === feeSource) this.count('fee');
    if (subsidyOf !== undefined) this.count('subsidy');
    if (counted === undefined) return;
    this.count('counted');
    if (tokens < 0n) this.count('counted: refunds');
    if (lines.some(({ kind }) => kind === 'maximum')) this.count('counted: maximum');
    if (lines.some(({ kind }) => kind === 'minimum')) this.count('counted: minimum');
    for (const { aggregation } of counted.change.counted) this.count(`counted: ${aggregation}`);
  }

  private balance(): void {
    const { books } = this.charged;
    this.earned.balance((lane) => books.of(`lane:${lane}:escrow`));
    this.charged.balance();
  }

  /** @throws Violation where anything is left over, once everything has arrived and is closed */
  finish(): void {
    this.rated.finish();
    this.charged.uses.finish();
    this.earned.finish();
    for (const [what, times] of this.charged.uses.outcomes) this.reached.set(`use ${what}`, times);
    if (this.rated.trials > 0) this.reached.set('use in a trial', this.rated.trials);
    if (this.earned.advanced > 0) this.reached.set('advance', this.earned.advanced);
    if (this.earned.late > 0) this.reached.set('late accrual', this.earned.late);
  }
}

import { operatorPartyId } from '@tokengrid/contracts';
import { type DomainEvent, NotYet, type Recorded } from '@tokengrid/kernel';
import type { IncomingCommand } from '@tokengrid/service';
import { operatorPrincipal, type Principal, ProblemError } from '@tokengrid/service';
import type { AskedCorrection } from '@tokengrid/metering/flows/corrections';
import { closePeriod } from '@tokengrid/settlement/decisions/periods/close-period';
import { periodStreamId } from '@tokengrid/settlement/decisions/state/period';
import { type Dice, ensure, Violation } from '@tokengrid/simulation-kit';
import { Checker } from '../checks/checker.ts';
import { nameOf } from '../checks/rated-uses.ts';
import { ProcessDied } from '../machine/fate.ts';
import { HeardRateCard } from '../machine/rate-card.ts';
import { dayIn, nextDay, zones } from '../model/days.ts';
import { Facts } from '../model/facts.ts';
import type { Use } from '../model/rating.ts';
import { type Asked, Control } from './control.ts';
import { Market } from './market.ts';
import { lineOf } from './parties.ts';
import { Services } from './services.ts';
import { Traffic } from './traffic.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** Uses that are corrected after all days are closed. */
const lateCorrections = 40;
/** Times that everything is tried in the end. */
const mostTurns = 400;

/** A report, which is the same each time that it is sent under its key. */
interface Report {
  readonly id: string;
  readonly isKeyed: boolean;
  readonly uses: readonly Use[];
}

/** Follower of others' events, with tables of its own. */
interface Listener {
  readonly lane: readonly Recorded<DomainEvent>[];
  readonly hear: (event: Recorded<DomainEvent>) => void;
  heard: number;
}

/** The chain, who uses it, and what befalls it. One world is one history. */
export class World {
  readonly checker: Checker;
  steps = 0;
  private readonly zone: string;
  private time: number;
  private readonly facts = new Facts();
  private readonly market: Market;
  private readonly traffic: Traffic;
  private readonly control: Control;
  private readonly services: Services;
  private readonly odds = { diesOnceIn: 0, isBusyOnceIn: 0 };
  private readonly listeners: readonly Listener[];
  private readonly prices: readonly Listener[];
  private readonly reports: Report[] = [];
  private readonly unanswered = new Set<() => Promise<unknown>>();
  /** Days whose closing was asked for. */
  private readonly closing = new Set<string>();
  /** Once in so many commands of policies the store is busy. */
  private busyOnceIn = 0;
  private ids = 0;
  /** What periods were not closed for. */
  private readonly failures: unknown[] = [];

  constructor(private readonly dice: Dice) {
    this.zone = dice.one(zones);
    this.time = Date.parse(dice.one(['2026-02-20T00:00:00Z', '2026-02-27T15:00:00Z'])) + dice.roll(dayMs);
    this.market = new Market(dice.another());
    this.traffic = new Traffic(dice.another(), this.market.edges);
    this.control = new Control(dice.another());
    const now = () => this.time;
    this.checker = new Checker(this.zone, this.facts, now, lineOf);
    const rateCard = new HeardRateCard(this.facts);
    const walletsKeys = new Set<string>();
    const { zone, checker, market, odds } = this;
    this.odds.diesOnceIn = dice.one([60, 300, 1500]);
    this.busyOnceIn = dice.one([0, 12, 90]);
    const closes = (error: unknown) => void (error instanceof ProcessDied || this.failures.push(error));
    this.services = new Services({ zone, now, checker, market, rateCard, walletsKeys, odds, closes }, dice.another());
    const listen = (lane: readonly Recorded<DomainEvent>[], hear: (event: never) => void): Listener => ({
      ...{ lane, heard: 0, hear: hear as Listener['hear'] },
    });
    this.prices = market.registry.map(({ events }) => listen(events, (event) => rateCard.hear(event)));
    this.listeners = [
      ...this.prices,
      listen(market.identity.events, (event) => rateCard.hear(event)),
      listen(market.identity.events, ({ type, data }: Recorded<DomainEvent>) => {
        if (type === 'ApiKeyIssued') walletsKeys.add((data as { readonly keyId: string }).keyId);
      }),
    ];
  }

  /**
   * Lets a history happen.
   * @throws Violation as soon as anything is not as it has to be
   */
  async run(steps: number): Promise<void> {
    for (this.steps = 0; this.steps < steps; this.steps++) await this.step();
    this.odds.diesOnceIn = 0;
    this.busyOnceIn = 0;
    await this.comeToRest();
  }

  private async step(): Promise<void> {
    const { dice } = this;
    const what = dice.roll(100);
    if (what < 14) await this.report(this.newReport(this.traffic.report(this.time)));
    else if (what < 20) await this.reportAgain();
    else if (what < 26) for (let left = dice.roll(9); left > 0; left--) await this.correctSome();
    else if (what < 31) this.market.announce(this.time);
    else if (what < 40) this.hear(dice.one(this.listeners), 1 + dice.roll(8));
    else if (what < 80) await this.deliverSome();
    else if (what < 83) this.fallBack();
    else if (what < 90) await this.ask(this.control.fund(this.time));
    else if (what < 93) await this.ask(this.control.bound());
    else if (what < 94) dice.one(this.services.all).restart();
    else if (what < 95) await this.closePeriods();
    else if (what < 96) await this.closeSome();
    else this.passTime();
    this.look();
  }

  /** @throws Violation, if there is one; what died is followed by something new */
  private look(): void {
    if (this.checker.violation) throw this.checker.violation;
    if (this.failures.length > 0) throw asViolation(this.failures[0]);
    for (const service of this.services.all) {
      if (!service.fate.ended) continue;
      service.restart();
      this.checker.count('death');
    }
  }

  private passTime(): void {
    const { dice } = this;
    // Prices take effect some time after they were announced: by then, everybody has heard of them.
    for (const listener of this.prices) this.hear(listener, listener.lane.length);
    this.time += dice.once(8) ? dice.roll(dayMs) : dice.roll(20 * minuteMs);
  }

  private hear(listener: Listener, most: number): void {
    const events = listener.lane.slice(listener.heard, listener.heard + most);
    for (const event of events) listener.hear(event);
    listener.heard += events.length;
  }

  private newReport(uses: readonly Use[]): Report {
    const report = { id: `report ${++this.ids}`, isKeyed: this.dice.once(4), uses };
    this.reports.push(report);
    return report;
  }

  private async reportAgain(): Promise<void> {
    const { dice, reports } = this;
    if (reports.length > 0 && dice.once(3)) {
      const before = dice.one(reports);
      return this.report(this.repeated(before));
    }
    const uses = this.traffic.repeat(this.time);
    if (uses) await this.report(this.newReport(uses));
  }

  /** The same report once more: without a key, nothing says that it is the same. */
  private repeated(report: Report): Report {
    return report.isKeyed ? report : { ...report, id: `report ${++this.ids}` };
  }

  private async report(report: Report): Promise<void> {
    for (const use of report.uses) this.checker.rated.sends(use);
    await this.sendReport(report);
  }

  private async sendReport(report: Report): Promise<void> {
    const { metering } = this.services;
    const { fate, process } = metering;
    const { uses, isKeyed } = report;
    const { reporterId } = uses[0]!;
    const caller =
      reporterId === operatorPartyId
        ? operatorPrincipal
        : { ...operatorPrincipal, partyId: reporterId, kind: 'developer' as const };
    const again = () => this.sendReport(this.repeated(report));
    try {
      const reported = { events: uses.map(asCloudEvent), mode: 'batched' as const };
      const tally = await process.reports.take(caller, reported, incomingOf(report), isKeyed);
      if (fate.ended) throw new ProcessDied();
      if (tally.duplicates > 0) this.checker.count('repeat');
      const rejected = new Set(tally.rejected.map(({ index }) => index));
      uses.forEach((use, index) => (rejected.has(index) ? undefined : this.checker.rated.took(use)));
      for (const { detail } of tally.rejected) this.checker.count(`rejected: ${detail.split(',')[0]}`);
    } catch (error) {
      if (!fate.ended) throw asViolation(error);
      this.unanswered.add(again);
    }
  }

  /** A use is corrected, by whom it was reported or by the operator. */
  private async correctSome(): Promise<void> {
    const { rated } = this.checker;
    const correction = this.traffic.correction(
      (use) => rated.isRated(use),
      (use) => rated.isCounted(use),
    );
    if (!correction) return;
    const { use, units } = correction;
    const isOperator = this.dice.once(2) || use.reporterId === operatorPartyId;
    const caller = isOperator
      ? operatorPrincipal
      : { ...operatorPrincipal, partyId: use.reporterId, kind: 'developer' as const };
    const { source, id, reporterId } = use;
    const asked = { source, id, reason: 'counted wrong', units, ...(isOperator && { reportedBy: reporterId }) };
    this.checker.rated.corrected.asks(nameOf(use), units);
    await this.correct(caller, asked, { id: `correction ${++this.ids}`, isKeyed: true, uses: [use] });
  }

  private async correct(caller: Principal, asked: AskedCorrection, request: Report): Promise<void> {
    const { fate, process } = this.services.metering;
    try {
      await process.corrections.correct(caller, asked, incomingOf(request));
    } catch (error) {
      if (fate.ended) this.unanswered.add(() => this.correct(caller, asked, request));
      else if (!(error instanceof ProblemError && error.problem.status === 404)) throw asViolation(error);
      else ensure(!this.checker.rated.isTaken(request.uses[0]!), () => `${nameOf(request.uses[0]!)} is not found`);
    }
  }

  /** Something is asked of a wallet, and again until it is answered. */
  private async ask(asked: Asked): Promise<void> {
    const { wallet } = this.services;
    const { fate, process } = wallet;
    const again = () => this.ask(asked);
    try {
      await asked(process.wallets);
    } catch (error) {
      if (!fate.ended && !(error instanceof NotYet)) throw asViolation(error);
      this.unanswered.add(again);
    }
  }

  private async deliverSome(): Promise<void> {
    const { dice } = this;
    const service = dice.one(this.services.all);
    const busy = service.subscriptions.filter(({ isDone }) => !isDone);
    if (busy.length > 0) await this.deliver(service, dice.one(busy), 1 + dice.roll(dice.one([2, 8, 40])));
  }

  private async deliver(
    service: Services['all'][number],
    subscription: Services['all'][number]['subscriptions'][number],
    most: number,
  ): Promise<void> {
    const { fate } = service;
    this.odds.isBusyOnceIn = this.busyOnceIn;
    try {
      await subscription.deliver(service.subscriberOf(subscription), most);
    } catch (error) {
      if (!fate.ended && !(error instanceof NotYet)) throw asViolation(error);
    } finally {
      this.odds.isBusyOnceIn = 0;
    }
  }

  private fallBack(): void {
    const { subscriptions } = this.dice.one(this.services.all);
    this.dice.one(subscriptions).fallBack(this.dice);
  }

  /** Metering looks for periods of subscriptions that are over. */
  private async closePeriods(): Promise<void> {
    const { fate, process } = this.services.metering;
    try {
      await process.periods.closeSome();
    } catch (error) {
      if (!fate.ended) throw asViolation(error);
    }
  }

  /** The operator closes a day: mostly one that is over. */
  private async closeSome(): Promise<void> {
    const { dice } = this;
    const today = dayIn(this.zone, this.time);
    const day = dayIn(this.zone, this.time - dice.one([0, 1, 1, 1, 2, 3, -1]) * dayMs);
    await this.close(day, day === today ? !dice.once(3) : dice.once(4));
  }

  private async close(day: string, early: boolean): Promise<void> {
    const { fate, process } = this.services.settlement;
    let accruingTo = dayIn(this.zone, this.time);
    while (this.closing.has(accruingTo)) accruingTo = nextDay(accruingTo);
    const id = `closing ${++this.ids}`;
    const data = { period: day, early, accruingTo };
    try {
      const command = { id, streamId: periodStreamId(day), data, correlationId: id };
      const { events } = await process.periods.handle(closePeriod, command);
      if (events.some(({ type }) => type === 'PeriodClosing')) this.closing.add(day);
    } catch (error) {
      if (!fate.ended) throw asViolation(error);
      // It is looked up whether it is closing, as the operator would.
      const stored = this.services.settlement.storage.commands.get(id);
      if (stored?.events.some(({ type }) => type === 'PeriodClosing')) this.closing.add(day);
    }
  }

  /**
   * All that is announced is heard, all who wait are answered, everything arrives, and all days are
   * closed: then nothing may be left over.
   */
  private async comeToRest(): Promise<void> {
    while (!this.market.isQuiet) this.market.announce(this.time);
    for (const listener of this.listeners) this.hear(listener, listener.lane.length);
    await this.settle();
    this.time += 3 * dayMs;
    await this.closePeriods();
    await this.closeAll();
    await this.correctLate();
    this.checker.finish();
  }

  /** Uses are corrected whose days are closed: what others earned by them, somebody has by then. */
  private async correctLate(): Promise<void> {
    for (let left = lateCorrections; left > 0; left--) await this.correctSome();
    await this.settle();
    await this.closeAll();
  }

  /**
   * Everything that waits is paid, and all days are closed for which somebody is owed something.
   */
  private async closeAll(): Promise<void> {
    for (let turns = 0; this.openDays.length > 0 || this.checker.charged.uses.waiting.length > 0; turns++) {
      const { waiting } = this.checker.charged.uses;
      const left = [...this.openDays, ...waiting].join(', ');
      if (turns > mostTurns) throw new Violation(`days can't be closed, or uses are not charged: ${left}`);
      await this.payAll();
      await this.settle();
      for (const day of this.openDays) await this.close(day, true);
      await this.settle();
    }
  }

  /** Everybody gets enough to pay what waits. */
  private async payAll(): Promise<void> {
    for (const [walletId, { members }] of this.checker.charged.wallets) {
      for (const asked of this.control.plenty(walletId, [...members.keys()])) await this.ask(asked);
    }
  }

  /** Days for which somebody is owed something. */
  private get openDays(): readonly string[] {
    return [...new Set(this.checker.earned.lanes.flatMap((lane) => lane.openDays))].sort();
  }

  /** @throws Violation where somebody waits for what does not come */
  private async settle(): Promise<void> {
    const isQuiet = () =>
      this.unanswered.size === 0 && this.services.all.every((each) => each.subscriptions.every(({ isDone }) => isDone));
    for (let turns = 0; turns < mostTurns && !isQuiet(); turns++) {
      for (const again of [...this.unanswered]) {
        this.unanswered.delete(again);
        await again();
      }
      for (const service of this.services.all) {
        for (const subscription of this.inAnyOrder(service.subscriptions))
          await this.deliver(service, subscription, 50);
      }
      this.look();
    }
    if (!isQuiet()) throw new Violation('not everything is answered and delivered, however often it is tried');
  }

  private inAnyOrder<Item>(items: readonly Item[]): readonly Item[] {
    return items
      .map((item) => [this.dice.roll(1000), item] as const)
      .sort(([one], [other]) => one - other)
      .map(([, item]) => item);
  }
}

const asViolation = (error: unknown): Violation =>
  error instanceof Violation ? error : new Violation((error as Error).message, { cause: error });

const asCloudEvent = ({ payerId, source, id, time, app, model, offer, key, units }: Use) => ({
  ...{ specversion: '1.0', id, source, type: 'use', subject: payerId, time: new Date(time).toISOString() },
  data: { ...(app && { app }), ...(model && { model }), ...(offer && { offer }), ...(key && { key }), units },
});

const incomingOf = ({ id, isKeyed }: Report): IncomingCommand => ({
  ...{ id, inputHash: id, correlationId: id, traceparent: undefined, isRepeatInFlight: false, isKeyed },
  to: (streamId, data) => ({ id, streamId, data, correlationId: id, inputHash: id }),
});

import { type DomainEvent, NotYet, type Recorded } from '@tokengrid/kernel';
import { type Dice, Violation } from '@tokengrid/simulation-kit';
import { Checker } from '../checks/checker.ts';
import { ProcessDied } from '../machine/fate.ts';
import { HeardRateCard } from '../machine/rate-card.ts';
import { dayIn, zones } from '../model/days.ts';
import { Facts } from '../model/facts.ts';
import { Control } from './control.ts';
import { Habits, type Happening } from './habits.ts';
import { Market } from './market.ts';
import { lineOf } from './parties.ts';
import { asViolation, Requests } from './requests.ts';
import { Services } from './services.ts';
import { Traffic } from './traffic.ts';

const dayMs = 86_400_000;
/** Reports of uses whose months are closed, and corrections of ones whose days are. */
const lateReports = 12;
const lateCorrections = 40;
/** Times that everything is tried in the end. */
const mostTurns = 400;

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
  private readonly habits: Habits;
  private readonly facts = new Facts();
  private readonly market: Market;
  private readonly control: Control;
  private readonly services: Services;
  private readonly requests: Requests;
  private readonly odds = { diesOnceIn: 0, isBusyOnceIn: 0 };
  private readonly listeners: readonly Listener[];
  private readonly prices: readonly Listener[];
  /** Once in so many commands of policies the store is busy. */
  private busyOnceIn = 0;
  /** What periods were not closed for. */
  private readonly failures: unknown[] = [];

  constructor(private readonly dice: Dice) {
    this.zone = dice.one(zones);
    this.time = Date.parse(dice.one(['2026-02-20T00:00:00Z', '2026-02-27T15:00:00Z'])) + dice.roll(dayMs);
    this.habits = new Habits(dice.another());
    this.market = new Market(dice.another(), (event) => this.checker.rated.fees.expect(event));
    const traffic = new Traffic(dice.another(), this.market.edges, this.habits.isNarrow);
    this.control = new Control(dice.another());
    const now = () => this.time;
    this.checker = new Checker(this.zone, this.facts, now, lineOf);
    const rateCard = new HeardRateCard(this.facts);
    const walletsKeys = new Set<string>();
    const { zone, checker, market, odds, habits } = this;
    this.odds.diesOnceIn = habits.diesOnceIn;
    this.busyOnceIn = habits.busyOnceIn;
    const closes = (error: unknown) => void (error instanceof ProcessDied || this.failures.push(error));
    this.services = new Services({ zone, now, checker, market, rateCard, walletsKeys, odds, closes }, dice.another());
    this.requests = new Requests({ services: this.services, checker, traffic, zone, now }, dice.another());
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
    if (habits.beginsInFull) this.announceAll();
  }

  /**
   * Lets a history happen.
   * @throws Violation as soon as anything is not as it has to be
   */
  async run(steps: number): Promise<void> {
    for (this.steps = 0; this.steps < steps; this.steps++) {
      await this.happen(this.habits.next());
      this.look();
    }
    this.odds.diesOnceIn = 0;
    this.busyOnceIn = 0;
    await this.comeToRest();
  }

  private async happen(what: Happening): Promise<void> {
    const { dice, requests } = this;
    switch (what) {
      case 'report':
        return requests.report();
      case 'report again':
        return requests.reportAgain();
      case 'use up':
        return requests.useUp();
      case 'correct':
        for (let left = dice.roll(9); left > 0; left--) await requests.correctSome();
        return undefined;
      case 'move and correct':
        return this.moveAndCorrect();
      case 'announce':
        return this.market.announce(this.time);
      case 'hear':
        return this.hear(dice.one(this.listeners), 1 + dice.roll(8));
      case 'deliver':
        return this.deliverSome();
      case 'catch up':
        return this.deliverAll();
      case 'fall back':
        return dice.one(dice.one(this.services.all).subscriptions).fallBack(dice);
      case 'fund':
        return requests.ask(this.control.fund(this.time));
      case 'bound':
        return requests.ask(this.control.bound());
      case 'restart':
        return dice.one(this.services.all).restart();
      case 'close periods':
        return requests.closePeriods();
      case 'close a day':
        return this.closeSome();
      case 'pass time':
        return this.passTime();
    }
  }

  /** Uses that were free are void, once their party's wallet is another one than was charged. */
  private async moveAndCorrect(): Promise<void> {
    const { dice, requests, checker } = this;
    const covered = requests.coveredUses;
    if (covered.length === 0) return;
    const { payerId } = covered[0]!;
    await this.deliverAll();
    const isMember = checker.charged.memberships.walletsOf(payerId).length > 0;
    await requests.ask(this.control.move(payerId, isMember));
    for (const use of covered.slice(0, 1 + dice.roll(4))) await requests.voidUse(use);
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

  private async passTime(ms = this.habits.passing()): Promise<void> {
    // Prices take effect some time after they were announced: by then, everybody has heard of them.
    for (const listener of this.prices) this.hear(listener, listener.lane.length);
    this.time += ms;
    // The clock of periods ticks: none is over for weeks before it is closed.
    if (ms > dayMs) await this.requests.closePeriods();
  }

  /** All that is on offer is announced and heard. */
  private announceAll(): void {
    while (!this.market.isQuiet) this.market.announce(this.time);
    for (const listener of this.listeners) this.hear(listener, listener.lane.length);
  }

  private hear(listener: Listener, most: number): void {
    const events = listener.lane.slice(listener.heard, listener.heard + most);
    for (const event of events) listener.hear(event);
    listener.heard += events.length;
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

  /** Every policy gets what it has not read, in any order of services' lanes. */
  private async deliverAll(): Promise<void> {
    for (const service of this.services.all) {
      for (const subscription of this.inAnyOrder(service.subscriptions)) await this.deliver(service, subscription, 50);
    }
  }

  /** The operator closes a day: mostly one that is over. */
  private async closeSome(): Promise<void> {
    const { dice } = this;
    const today = dayIn(this.zone, this.time);
    const day = dayIn(this.zone, this.time - dice.one([0, 1, 1, 1, 2, 3, -1]) * dayMs);
    await this.requests.closeDay(day, day === today ? !dice.once(3) : dice.once(4));
  }

  /**
   * All that is announced is heard, all who wait are answered, everything arrives, and all days are
   * closed: then nothing may be left over.
   */
  private async comeToRest(): Promise<void> {
    this.announceAll();
    await this.settle();
    for (let left = this.habits.restDays; left > 0; left -= 9) await this.passTime(Math.min(left, 9) * dayMs);
    await this.reportLate();
    await this.closeAll();
    await this.correctLate();
    this.checker.finish();
  }

  /** Uses are reported whose months are closed. */
  private async reportLate(): Promise<void> {
    const { habits, dice } = this;
    for (let left = lateReports; left > 0; left--) {
      await this.requests.report(this.time - dice.roll(habits.restDays * dayMs));
    }
    await this.settle();
  }

  /** Uses are corrected whose days are closed: what others earned by them, somebody has by then. */
  private async correctLate(): Promise<void> {
    for (let left = lateCorrections; left > 0; left--) await this.requests.correctSome();
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
      if (turns > mostTurns) throw new Violation(`days not closed, or uses not charged: ${left}`);
      await this.payAll();
      await this.settle();
      for (const day of this.openDays) await this.requests.closeDay(day, true);
      await this.settle();
    }
  }

  /** Everybody gets enough to pay what waits. */
  private async payAll(): Promise<void> {
    for (const [walletId, { members }] of this.checker.charged.wallets) {
      for (const asked of this.control.plenty(walletId, [...members.keys()])) await this.requests.ask(asked);
    }
  }

  /** Days for which somebody is owed something. */
  private get openDays(): readonly string[] {
    return [...new Set(this.checker.earned.lanes.flatMap((lane) => lane.openDays))].sort();
  }

  /** @throws Violation where somebody waits for what does not come */
  private async settle(): Promise<void> {
    const { requests } = this;
    const isQuiet = () =>
      requests.areAnswered && this.services.all.every((each) => each.subscriptions.every(({ isDone }) => isDone));
    for (let turns = 0; turns < mostTurns && !isQuiet(); turns++) {
      await requests.sendAgain();
      await this.deliverAll();
      this.look();
    }
    if (!isQuiet()) throw new Violation('some commands stay unanswered, or events undelivered, after all retries');
  }

  private inAnyOrder<Item>(items: readonly Item[]): readonly Item[] {
    return items
      .map((item) => [this.dice.roll(1000), item] as const)
      .sort(([one], [other]) => one - other)
      .map(([, item]) => item);
  }
}

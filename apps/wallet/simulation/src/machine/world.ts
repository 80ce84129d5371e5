import { walletCatalogue, walletIdOf, type WalletEvent } from '@tokengrid/contracts';
import {
  IdempotencyKeyReused,
  InMemoryLeases,
  InMemoryLog,
  InMemoryStorage,
  LaneStopped,
  type Outcome,
  StoreUnavailable,
} from '@tokengrid/event-store';
import { NotYet, systemStreamId } from '@tokengrid/kernel';
import { type Dice, Violation } from '@tokengrid/simulation-kit';
import { NothingDue } from '@tokengrid/wallet/decisions/rules/due';
import { FactNeeded } from '@tokengrid/wallet/decisions/state/facts';
import { wallet } from '@tokengrid/wallet/decisions/state/wallet';
import { walletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import { Checker } from '../checks/checker.ts';
import { actsIn, type Mood, moods } from '../clients/clients.ts';
import { Directory } from '../clients/directory.ts';
import { ProcessDied } from '../clients/lifeline.ts';
import { Outside } from '../clients/outside.ts';
import { type Infrastructure, SimulatedProcess } from './process.ts';
import type { Request } from '../clients/request.ts';
import { places } from '../clients/places.ts';
import type { Stage } from '../clients/stage.ts';
import { someUses } from '../clients/uses.ts';
import { policies, Subscription } from './subscriptions.ts';

const lanes = 3;
const processes = 2;
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
/** Maximum number of attempts to settle everything in the end. */
const mostTurns = 200;
/** Numbers of concurrent sends of one request, each equally likely. */
const repeats = [...Array<number>(11).fill(1), ...Array<number>(8).fill(3), 50];

/**
 * Two processes of the wallet, their users, and the faults that befall them. One world is one
 * history.
 */
export class World implements Stage {
  readonly parties: readonly string[];
  readonly mood: Mood;
  /** Wallet of a party that never registers: transfers to it return. */
  readonly strangersWallet = walletIdOf(`org_${'z'.repeat(26)}`);
  readonly directory = new Directory();
  readonly checker: Checker;
  /**
   * The storage's clock, which all use: epoch milliseconds, in whole seconds, so that it often
   * meets the time at which something is due.
   */
  time: number;
  private readonly outside = new Outside((prefix) => this.id(prefix));
  private readonly shared: Infrastructure;
  private readonly subscriptions: readonly Subscription[];
  private readonly processes: SimulatedProcess[] = [];
  private readonly unregistered: string[];
  private readonly sent: Request[] = [];
  private readonly unanswered = new Map<string, Request>();
  private ids = 0;
  /** Commands sent, including repeats. */
  commandsSent = 0;
  private incarnations = 0;

  constructor(private readonly dice: Dice) {
    this.mood = dice.one(moods);
    const { timeZone, begins } = dice.one(places);
    this.time = begins;
    this.checker = new Checker(lanes, timeZone, this.outside, (event) => this.directory.see(event));
    const parties = this.hoards ? 2 : this.crowds ? 8 : dice.one([2, 5, 8]);
    this.parties = Array.from({ length: parties }, (_, index) => `org_${digits[index]!.repeat(26)}`);
    this.unregistered = [...this.parties];
    this.shared = {
      storage: new InMemoryStorage(lanes, () => this.time),
      log: new InMemoryLog(),
      leases: new InMemoryLeases(() => this.time),
      checker: this.checker,
      faults: { errorsOnceIn: this.mood === 'rationing' ? 8 : 30, crashesOnceIn: dice.one([50, 200, 800]) },
      publishedUpTo: Array.from({ length: lanes }, () => 0),
    };
    this.subscriptions = this.subscribe();
  }

  private subscribe(): Subscription[] {
    const { identity, metering, settlement } = this.outside;
    const { publishedUpTo } = this.shared;
    return policies.flatMap((policy) => {
      if (policy.from === 'outside') {
        return [identity, metering, settlement].map((lane) => new Subscription(policy, lane, () => lane.length));
      }
      return this.checker.history.map(
        (lane, index) => new Subscription(policy, lane, () => Math.min(lane.length, publishedUpTo[index]!)),
      );
    });
  }

  /**
   * True if parties keep tokens in small parts instead of spending them, for many lots and holds.
   */
  get hoards(): boolean {
    return this.mood === 'hoarding';
  }

  /** True if many parties fill one wallet's places; uses are then rare, since they free places. */
  get crowds(): boolean {
    return this.mood === 'crowding';
  }

  id(prefix: string): string {
    return `${prefix}_${String(this.ids++).padStart(26, '0')}`;
  }

  private get registered(): readonly string[] {
    return this.parties.filter((party) => !this.unregistered.includes(party));
  }

  /** Wallets with something due. */
  dueWallets(): readonly string[] {
    return this.parties.map(walletIdOf).filter((walletId) => {
      const state = this.checker.state(wallet, walletId);
      if (!state.opened) return false;
      if (state.plan && state.plan.resetsAt <= this.time) return true;
      return [...state.lots, ...state.holds].some(({ expiresAt }) => expiresAt !== null && expiresAt <= this.time);
    });
  }

  /**
   * Runs a history.
   * @throws Violation at the first difference from the model
   */
  async run(commands: number): Promise<void> {
    const { log, faults } = this.shared;
    await log.createTopic(walletCatalogue.topic, { partitions: lanes, replicationFactor: 1 });
    try {
      await this.startAll();
      while (this.checker.commands < commands) await this.round();
      Object.assign(faults, { errorsOnceIn: 0, crashesOnceIn: 0 });
      await this.comeToRest();
      await Promise.all(this.processes.map((process) => process.close()));
    } catch (error) {
      // Errors after a violation are its consequences.
      throw this.checker.violation ?? error;
    }
  }

  private async startAll(): Promise<void> {
    for (let place = 0; place < processes; place++) this.processes[place] = await this.started(place);
  }

  private async started(place: number): Promise<SimulatedProcess> {
    const name = `process ${place}, ${++this.incarnations}`;
    const process = new SimulatedProcess(name, this.shared, () => this.time, this.dice.another());
    process.life.death.catch(() => process.bury());
    await process.start();
    return process;
  }

  /** Runs concurrent requests and faults. Settles when each was answered, or can't be any more. */
  private async round(): Promise<void> {
    const { dice } = this;
    this.passTime();
    this.hearOfOthers();
    const busy = 1 + dice.roll(30);
    await Promise.all(Array.from({ length: busy }, () => this.something()));
    if (this.checker.violation) throw this.checker.violation;
    for (const [place, process] of this.processes.entries()) {
      if (process.life.ended) this.processes[place] = await this.started(place);
    }
  }

  private passTime(): void {
    const { dice } = this;
    this.time += dice.roll(6) * 1000;
    if (dice.once(30)) this.time -= 60_000;
    if (dice.once(60)) this.time += 600_000;
    if (dice.once(150)) this.time += dice.roll(40) * 86_400_000;
  }

  private hearOfOthers(): void {
    const { dice, outside, parties } = this;
    if (this.unregistered.length > 0 && dice.once(3)) outside.register(this.unregistered.shift()!);
    if (this.registered.length > 0 && dice.once(this.crowds ? 100 : 20))
      outside.suspendOrReinstate(dice.one(this.registered));
    for (let uses = this.hoards ? 0 : dice.roll(this.crowds ? 2 : 4); uses > 0; uses--) {
      const partyId = dice.one(parties);
      outside.rate(partyId, someUses(this, dice, walletIdOf(partyId)));
    }
    if (dice.once(6)) outside.state(parties, dice, this.escrow);
  }

  /** µAIT collected as fees by each lane so far. */
  lanesFees(): readonly bigint[] {
    return Array.from({ length: lanes }, (_, lane) => this.checker.state(walletLane, systemStreamId(lane, lanes)).fees);
  }

  private get escrow(): readonly bigint[] {
    return this.checker.model.lanes.map(({ charged, released }) => charged - released);
  }

  private async something(): Promise<void> {
    const { dice, sent } = this;
    const what = dice.roll(10);
    if (what < 5) {
      const request = dice.one(actsIn[this.mood]).make(this, dice);
      if (request) await this.ask(request);
    } else if (what < 7 && sent.length > 0) {
      const request = sent[sent.length - 1 - dice.roll(Math.min(sent.length, dice.once(4) ? sent.length : 40))]!;
      const times = dice.one(repeats);
      await Promise.all(Array.from({ length: times }, () => this.send(request)));
    } else if (what === 7 && sent.length > 0 && dice.once(4)) {
      await this.sendOther(dice.one(sent));
    } else {
      // To fill one wallet, tokens must not be in transit for long.
      const busy = this.crowds ? this.subscriptions.filter(({ isDone }) => !isDone) : [];
      const subscription = dice.one(busy.length > 0 ? busy : this.subscriptions);
      if (dice.once(40)) subscription.rewind(1 + dice.roll(100));
      await this.deliver(subscription, 1 + dice.roll(20));
    }
  }

  private async ask(request: Request): Promise<void> {
    this.sent.push(request);
    await this.send(request);
  }

  private async send(request: Request): Promise<void> {
    const { commandId, streamId } = request;
    this.commandsSent += 1;
    const wasOpen = this.checker.state(wallet, streamId).opened;
    try {
      this.answered(await request.send(this.dice.one(this.processes)));
      this.unanswered.delete(commandId);
    } catch (error) {
      if (isUnknown(error)) {
        this.unanswered.set(commandId, request);
        return;
      }
      this.unanswered.delete(commandId);
      const isNothing = error instanceof NothingDue || error instanceof FactNeeded;
      if (!isNothing && !(error instanceof NotYet && !wasOpen)) this.fail(error);
    }
  }

  /** Sends the same key with another body, which must be refused without effect. */
  private async sendOther(request: Request): Promise<void> {
    if (!this.checker.isStored(request.commandId)) return;
    try {
      await request.send(this.dice.one(this.processes), true);
      this.fail(new Violation(`${request.commandId} was taken with another body`));
    } catch (error) {
      if (!(error instanceof IdempotencyKeyReused || isUnknown(error))) this.fail(error);
    }
  }

  private async deliver(subscription: Subscription, most: number): Promise<void> {
    const charged = new Map(this.checker.model.lanes.map((lane, index) => [index, lane.charged]));
    const answered = (outcome: unknown) => this.answered(outcome as Outcome<WalletEvent> | undefined);
    try {
      const walletsOf = (partyId: string) => this.checker.model.sharedWith(partyId);
      const { errorsOnceIn } = this.shared.faults;
      const providerIsAway = () => errorsOnceIn > 0 && this.dice.once(errorsOnceIn);
      const { directory } = this;
      const known = { charged, market: directory.terms(this.time), walletsOf, directory, providerIsAway };
      await subscription.deliver(this.dice.one(this.processes), most, known, answered);
    } catch (error) {
      if (!(error instanceof NotYet || isUnknown(error))) this.fail(error);
    }
  }

  private answered(outcome: Outcome<WalletEvent> | undefined): void {
    if (outcome) this.checker.answered(outcome, this.shared.publishedUpTo);
  }

  private fail(error: unknown): void {
    const { message } = error as Error;
    this.checker.violation ??= error instanceof Violation ? error : new Violation(message, { cause: error });
  }

  /**
   * Waits until every caller is answered, every transfer has arrived and everything due has ended:
   * then there must be no remainder.
   */
  private async comeToRest(): Promise<void> {
    for (const partyId of this.unregistered.splice(0)) this.outside.register(partyId);
    await this.settle();
    await this.letAllExpire();
    if (this.checker.violation) throw this.checker.violation;
    this.checker.finish(this.shared.publishedUpTo);
  }

  /** @throws Violation for a caller whose answer never comes */
  private async settle(): Promise<void> {
    const isQuiet = () => this.unanswered.size === 0 && this.subscriptions.every(({ isDone }) => isDone);
    for (let turns = 0; turns < mostTurns && !isQuiet(); turns++) {
      for (const request of [...this.unanswered.values()]) await this.send(request);
      for (const subscription of this.subscriptions) {
        if (!subscription.isDone) await this.deliver(subscription, 50);
      }
      if (this.checker.violation) throw this.checker.violation;
    }
    if (!isQuiet()) throw new Violation('not everything is answered and delivered, however often it is tried');
  }

  private async letAllExpire(): Promise<void> {
    this.time += 24 * 3_600_000;
    for (const walletId of this.dueWallets()) {
      await this.processes[0]!.clock(walletId, this.id('clk')).then(
        (outcome) => this.answered(outcome),
        (error: unknown) => this.fail(error),
      );
    }
    await this.settle();
    if (this.dueWallets().length > 0) this.fail(new Violation('something is due and does not expire'));
  }
}

/** Whether it is unknown what became of a command, so that whoever sent it asks again. */
const isUnknown = (error: unknown): boolean =>
  error instanceof ProcessDied || error instanceof StoreUnavailable || error instanceof LaneStopped;

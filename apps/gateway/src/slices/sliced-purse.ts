import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { SliceUse } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { newId, type NextRun, Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import {
  type CountedUse,
  Purse,
  type Settled,
  type Spending,
  type SpendingWish,
  type Units,
  Unpayable,
} from '../serving/purse.ts';
import type { GatewayConfig } from '../config.ts';
import { SliceGone } from '../decisions/rules/own-slice.ts';
import { Edges } from '../streams/edges.ts';
import { CappedKeys } from './capped-keys.ts';
import { Checkpoints } from './checkpoints.ts';
import { EndedKeys } from './ended-keys.ts';
import { PayerSlices, servedUse } from './payer-slices.ts';
import type { PriceList } from './price-list.ts';
import { livingEpoch, ProcessLease } from './process-lease.ts';
import { RecalledWallets } from './recalled-wallets.ts';
import type { BookLimits } from './book-words.ts';
import { SliceBook } from './slice-book.ts';
import { nameOfUse } from './slice-scope.ts';
import { type Keeping, NoLongerSpeaking, SliceReports } from './slice-reports.ts';
import { type Spender, SpendingOver } from './spendings.ts';
import { TakeOver } from './take-over.ts';
import { inDoubt, unpayable } from './unpayable.ts';

/** Limits of every payer's slices. A call back is followed within a second. */
const limits: BookLimits = {
  ...{ waitMs: 2000, neededMs: 400, finishMs: 400, settleMs: 30, refusalMs: 250, retryMs: 1000, closedMs: 500 },
  ...{ renewBeforeMs: 20_000, firstTokens: 100_000n },
};

/** Longest wait of an answer's last byte until its use is stored; it is stored all the same. */
const finishMs = 10_000;
/** Intervals of looking at payers whose requests wait, and at all. */
const pressingEveryMs = 20;
const lookEveryMs = 500;
const checkpointEveryMs = 5000;
/** Interval of looking for ended keys: what runs by them ends within a second. */
const endKeysEveryMs = 400;
/** Longest time for giving all slices back as the process ends. */
const closeMs = 5000;
/** Most uses whose last prices are remembered, to reckon what a new slice needs. */
const mostKnownLists = 10_000;

/** Tokens of payers at this process, as slices. */
@Injectable()
export class SlicedPurse extends Purse implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly recalledWallets = new RecalledWallets();
  private readonly payers = new Map<string, PayerSlices>();
  /** Payers that have to be looked at within milliseconds, and those whose wallet refused them. */
  private readonly pressing = new Set<PayerSlices>();
  private readonly refused = new Set<PayerSlices>();
  private readonly bySlice = new Map<string, PayerSlices>();
  private readonly reports = new Map<string, SliceReports>();
  private readonly lists = new LRUCache<string, PriceList>({ max: mostKnownLists });
  private readonly soon: Repeating;
  private readonly looking: Repeating;
  private readonly endingKeys: Repeating;
  private readonly checkpointing: Repeating;
  private isClosing = false;

  constructor(
    private readonly edges: Edges,
    private readonly cappedKeys: CappedKeys,
    private readonly lease: ProcessLease,
    private readonly checkpoints: Checkpoints,
    private readonly takeOver: TakeOver,
    private readonly endedKeys: EndedKeys,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
    @Inject(serviceConfig) private readonly config: Pick<GatewayConfig, 'reportMs'>,
  ) {
    super();
    const failed = (what: string) => (error: unknown) => log.warn({ err: error }, what);
    const unlooked = failed('slices could not be looked at; the next look retries');
    this.soon = new Repeating(() => this.lookAtPressing(), pressingEveryMs, unlooked);
    this.looking = new Repeating(() => this.lookAtAll(), lookEveryMs, unlooked);
    this.endingKeys = new Repeating(
      () => this.endKeys(),
      endKeysEveryMs,
      failed('whether keys have ended can not be told now'),
    );
    this.checkpointing = new Repeating(
      () => this.checkpoint(),
      checkpointEveryMs,
      failed('the units of running requests could not be stored; the next checkpoint has them'),
    );
  }

  onApplicationBootstrap(): void {
    this.lease.start(
      () => this.begunAnew(),
      (areAllAlive) => {
        this.lookAtPressing();
        if (!areAllAlive) this.takeOver.look();
      },
    );
    this.checkpointing.startLater();
  }

  /** Gives all slices back, once their requests are over. */
  async onApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    const works = [this.takeOver, this.soon, this.looking, this.endingKeys, this.checkpointing];
    await Promise.all(works.map((work) => work.stop()));
    const ending = [...this.payers.values()].map(async (payer) => {
      const action = payer.book.close();
      payer.tell();
      if (action) await payer.do(action);
    });
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise((resolve) => (timer = setTimeout(resolve, closeMs)));
    await Promise.race([Promise.all(ending), isLate]);
    clearTimeout(timer);
    for (const reports of this.reports.values()) reports.abandon();
    await this.lease.stop();
  }

  async open(wish: SpendingWish, signal: AbortSignal): Promise<Spending> {
    const bound = this.cappedKeys.of(wish.keyId);
    const key = bound instanceof Promise ? await bound : bound;
    signal.throwIfAborted();
    if (this.isClosing) throw unpayable('unavailable');
    const payer = this.payerOf(wish.partyId, key);
    const spender: Spender = wish;
    if (!payer.book.open(spender, this.clock.now())) {
      const refusal = await this.untilSettled(payer, spender, signal);
      if (refusal) throw unpayable(refusal);
    }
    payer.look();
    return new SliceSpending(this, payer, spender);
  }

  /** Waits for a request's turn. @throws the signal's reason */
  private async untilSettled(payer: PayerSlices, { requestId }: Spender, signal: AbortSignal) {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      return await Promise.race([payer.settled(requestId), aborted]);
    } catch (error) {
      payer.forget(requestId);
      payer.book.drop(requestId);
      payer.over(requestId);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Whose slices what is said of a slice is for; undefined for other processes'. */
  payerOfSlice(sliceId: string): PayerSlices | undefined {
    return this.bySlice.get(sliceId);
  }

  /** Slices of a party: its own, and those of its capped keys. */
  payersOf(partyId: string): readonly PayerSlices[] {
    return [...this.payers.values()].filter((payer) => payer.partyId === partyId);
  }

  /** A wallet may have tokens that it lacked. */
  tokensCame(walletId: string): void {
    for (const payer of [...this.refused]) if (payer.book.tokensCame(walletId)) payer.look();
  }

  /** Ends all slices: something may have been said of them that was not heard. */
  giveAllBack(): void {
    for (const payer of this.payers.values()) {
      payer.book.recall('unavailable', this.now());
      payer.look();
    }
  }

  now(): number {
    return this.clock.now();
  }

  /** Remembers prices, by which later slices are reckoned. */
  remember(use: SliceUse, list: PriceList): void {
    this.lists.set(nameOfUse(use), list);
  }

  /** A slice is closed: nothing more is said of it. */
  closed(sliceId: string): void {
    const payer = this.bySlice.get(sliceId);
    if (!payer) return;
    payer.book.closed(sliceId, this.now());
    payer.look();
    if (payer.book.sliceId !== sliceId) this.bySlice.delete(sliceId);
  }

  /** @throws Unpayable */
  async finish(payer: PayerSlices, { requestId }: Spender, { units, delivery }: CountedUse): Promise<Settled> {
    try {
      const spent = payer.book.finish(requestId, units, this.now());
      if (!spent.isReported) await this.stored(spent.sliceId, servedUse(spent, delivery));
      return { tokens: spent.taken.tokens, remaining: payer.book.remaining };
    } catch (error) {
      if (error instanceof SpendingOver) throw unpayable('unavailable');
      throw error;
    } finally {
      payer.over(requestId);
    }
  }

  private async stored(sliceId: string, use: ReturnType<typeof servedUse>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(inDoubt()), finishMs);
    });
    try {
      await Promise.race([this.reportsOf(sliceId).add(use), late]);
    } catch (error) {
      if (error instanceof Unpayable) throw error;
      this.log.error({ err: error }, `the use ${use.eventId} could not be stored`);
      throw error instanceof SliceGone ? unpayable('unavailable') : inDoubt();
    } finally {
      clearTimeout(timer);
    }
  }

  private payerOf(partyId: string, key: string | undefined): PayerSlices {
    const name = key === undefined ? partyId : `${partyId} ${key}`;
    const known = this.payers.get(name);
    if (known) return known;
    const book = new SliceBook(limits, {
      newSliceId: () => newId('slc'),
      lastList: (use) => this.lists.get(nameOfUse(use)),
      recallsOthers: (walletId, now) => this.recalledWallets.isAwaited(walletId, now),
      spendsUntil: () => this.lease.spendsUntil(),
    });
    const slices: string[] = [];
    const payer: PayerSlices = new PayerSlices(partyId, key, book, {
      now: () => this.now(),
      reportsOf: (sliceId) => this.reportsOf(sliceId, partyId),
      begins: (sliceId) => {
        slices.push(sliceId);
        this.bySlice.set(sliceId, payer);
        // Of a slice that metering never offered, nothing more is said.
        if (slices.length > 2) this.bySlice.delete(slices.shift()!);
      },
      returned: (sliceId) => this.reports.delete(sliceId),
      looked: () => {
        const { isPressing, isRefused } = payer.book;
        keep(this.pressing, payer, isPressing);
        if (isPressing) this.soon.wake();
        keep(this.refused, payer, isRefused);
      },
      failed: (error) => this.log.warn({ err: error }, `a slice of ${partyId} could not be asked for or given back`),
    });
    this.payers.set(name, payer);
    this.looking.wake();
    this.endingKeys.wake();
    return payer;
  }

  private reportsOf(sliceId: string, partyId = ''): SliceReports {
    const known = this.reports.get(sliceId);
    if (known) return known;
    const of = { sliceId, partyId, gatewayId: this.lease.gatewayId, epoch: livingEpoch };
    const reports = new SliceReports(of, this.edges, this.keepingOf(of.gatewayId));
    this.reports.set(sliceId, reports);
    this.looking.wake();
    return reports;
  }

  private keepingOf(gatewayId: string): Keeping {
    return {
      everyMs: this.config.reportMs,
      now: () => performance.now(),
      keep: (sliceId, use) => this.checkpoints.keep(gatewayId, sliceId, use),
      reported: (eventId) => this.checkpoints.forgetReported(gatewayId, eventId),
      failed: ({ eventId }, error) => {
        // Who follows this process, or took its slice, reports it.
        if (error instanceof NoLongerSpeaking || error instanceof SliceGone) return;
        this.log.error({ err: error }, `the use ${eventId} was answered and could not be reported`);
      },
    };
  }

  private lookAtPressing(): NextRun {
    for (const payer of [...this.pressing]) payer.lookNow();
    return this.pressing.size > 0 ? undefined : 'rest';
  }

  private lookAtAll(): NextRun {
    for (const reports of this.reports.values()) reports.look();
    for (const [name, payer] of this.payers) {
      payer.lookNow();
      if (payer.book.isOver(this.now())) this.payers.delete(name);
    }
    return this.payers.size + this.reports.size > 0 ? undefined : 'rest';
  }

  /** Ends what runs by keys that have expired, or were revoked as it began. */
  private async endKeys(): Promise<NextRun> {
    const inUse = new Set([...this.payers.values()].flatMap(({ book }) => book.keyIds()));
    if (inUse.size === 0 && this.payers.size === 0) return 'rest';
    for (const { keyId, why } of await this.endedKeys.among([...inUse], this.now())) {
      for (const payer of this.payers.values()) {
        if (!payer.book.keyIds().includes(keyId)) continue;
        payer.book.endKey(keyId, why);
        payer.look();
      }
    }
  }

  private async checkpoint(): Promise<void> {
    const running = [...this.payers.values()].flatMap(({ book }) =>
      book.spendings.passed().map((use) => ({ sliceId: use.sliceId, use: servedUse(use) })),
    );
    await this.checkpoints.store(this.lease.gatewayId, running);
  }

  /** Another process follows this one: it says what is left to say. */
  private begunAnew(): void {
    for (const reports of this.reports.values()) reports.abandon();
    for (const payer of this.payers.values()) {
      payer.book.abandon();
      payer.tell();
    }
    this.reports.clear();
    this.payers.clear();
    this.bySlice.clear();
    this.pressing.clear();
    this.refused.clear();
  }
}

/** Tokens that are set aside for a request. */
class SliceSpending implements Spending {
  readonly ended: AbortSignal;
  private isOver = false;

  constructor(
    private readonly purse: SlicedPurse,
    private readonly payer: PayerSlices,
    private readonly spender: Spender,
  ) {
    this.ended = payer.endOf(spender.requestId);
  }

  flow(unitsSoFar: Units): boolean | Promise<boolean> {
    const { book } = this.payer;
    if (this.isOver || this.ended.aborted) return false;
    const passed = book.flow(this.spender, unitsSoFar, this.purse.now());
    if (book.isLow) this.payer.look();
    return passed ?? this.flowsLater();
  }

  private async flowsLater(): Promise<boolean> {
    const refusal = await this.payer.settled(this.spender.requestId);
    if (refusal === undefined) return true;
    this.payer.cut(this.spender.requestId, 'tokens-ran-out');
    return false;
  }

  async finish(use: CountedUse): Promise<Settled> {
    this.end();
    return this.purse.finish(this.payer, this.spender, use);
  }

  drop(): void {
    if (this.isOver) return;
    this.end();
    this.payer.book.drop(this.spender.requestId);
    this.payer.over(this.spender.requestId);
  }

  /** @throws RangeError for a request that is over */
  private end(): void {
    if (this.isOver) throw new RangeError(`${this.spender.requestId} is over`);
    this.isOver = true;
  }
}

function keep<T>(set: Set<T>, each: T, isIn: boolean): void {
  if (isIn) set.add(each);
  else set.delete(each);
}

import { setImmediate as turn } from 'node:timers/promises';
import { derivedId, type GatewayEvent, type ServedUse, type SliceUse } from '@tokengrid/contracts';
import { returnSlice } from '@tokengrid/gateway/decisions/slices/return-slice';
import { type Edge, edge, edgeStreamOf } from '@tokengrid/gateway/decisions/state/edge';
import type { BookLimits } from '@tokengrid/gateway/slices/book-words';
import { Hearing } from '@tokengrid/gateway/slices/hearing';
import { PayerSlices, servedUse } from '@tokengrid/gateway/slices/payer-slices';
import type { PriceList } from '@tokengrid/gateway/slices/price-list';
import { RecalledWallets } from '@tokengrid/gateway/slices/recalled-wallets';
import { SliceBook } from '@tokengrid/gateway/slices/slice-book';
import { type Keeping, SliceReports } from '@tokengrid/gateway/slices/slice-reports';
import { nameOfUse } from '@tokengrid/gateway/slices/slice-scope';
import type { Spender } from '@tokengrid/gateway/slices/spendings';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { type Dice, ensure, Violation } from '@tokengrid/simulation-kit';
import type { Core } from '../machine/core.ts';
import { cappedKey, model, owner, payers, unitPrice } from './parties.ts';
import { app, someUnits, unit } from './plan.ts';
import type { EdgeProcess, Served } from './served.ts';

/**
 * Times of the service, but a longer patience, since answers take longer here, and sizes that small
 * wallets have.
 */
const limitsOf = (firstTokens: bigint): BookLimits => ({
  ...{ waitMs: 15_000, neededMs: 400, finishMs: 400, settleMs: 30, refusalMs: 250, retryMs: 1000, closedMs: 500 },
  ...{ renewBeforeMs: 5000, firstTokens },
});

/** Time between two reports of a slice. */
const reportEveryMs = 1000;

/** Turns of the event loop in which everything under way comes to its end. */
const turnsToRest = 4;

type Units = ReadonlyMap<string, bigint>;

/** A request of a caller. */
interface Request {
  readonly spender: Spender;
  readonly payer: PayerSlices;
  /** Units at its end. */
  readonly all: Units;
  /** Units that were passed on, in hundredths of all. */
  passed: number;
  isWaiting: boolean;
}

/** Events that a process listens to. */
interface Ear {
  readonly from: { readonly service: string };
  readonly on: readonly string[];
  readonly hear: (events: readonly Recorded<DomainEvent>[]) => void;
  readonly missed: (reason: string) => void;
}

/**
 * A process of the gateway with the service's own books, reports, hearing and decisions. Callers,
 * storage and the clock are the simulation's. A process that dies is followed by one of another
 * name; its successor reports what it stored of running requests, and gives its slices back.
 */
export class BookGateway implements EdgeProcess {
  readonly served = new Map<string, Served>();
  private readonly edges: Pick<ReturnType<Core<GatewayEvent>['streams']>, 'handle'>;
  private ears: Ear[] = [];
  private payers = new Map<string, PayerSlices>();
  private bySlice = new Map<string, PayerSlices>();
  private reports = new Map<string, SliceReports>();
  private recalledWallets = new RecalledWallets();
  private readonly lists = new Map<string, PriceList>();
  private requests: Request[] = [];
  /** Units of running requests as they were stored last, by slice. */
  private stored = new Map<string, readonly ServedUse[]>();
  /** Uses that were answered and are reported later, by request. */
  private kept = new Map<string, { readonly sliceId: string; readonly use: ServedUse }>();
  private lives = 1;
  private ids = 0;
  private spendsUntil = Number.POSITIVE_INFINITY;
  private readonly limits: BookLimits;
  private failure: unknown;

  constructor(
    private readonly name: string,
    private readonly dice: Dice,
    private readonly now: () => number,
    log: Core<GatewayEvent>,
    private readonly reach: (what: string) => void,
  ) {
    this.edges = log.streams<Edge>(edge as never);
    this.limits = limitsOf(dice.one([10n, 200n]));
    this.listen();
  }

  /** Name of the process that lives now. */
  get gatewayId(): string {
    return `${this.name}-${this.lives}`;
  }

  get on(): readonly string[] {
    return this.ears.flatMap(({ on }) => on);
  }

  /** An event of metering, the wallet or identity arrives. */
  async hear(event: Recorded<DomainEvent>): Promise<void> {
    for (const { from, on, hear } of this.ears) {
      if (from.service === event.service && on.includes(event.type)) hear([event]);
    }
    await this.rest();
  }

  /** A caller begins, gets a part, ends or hangs up: one of these, at random. */
  async act(): Promise<void> {
    const { dice } = this;
    const running = this.requests.filter(({ isWaiting }) => !isWaiting);
    const request = running.length === 0 || dice.once(3) ? undefined : dice.one(running);
    const roll = dice.roll(20);
    if (roll === 0) this.checkpoint();
    else if (roll === 1) this.spendsUntil = dice.once(3) ? this.now() : Number.POSITIVE_INFINITY;
    else if (roll === 2) this.bar();
    else if (!request) this.open();
    else if (roll < 13) this.flow(request);
    else if (roll < 18) this.finish(request);
    else this.drop(request);
    await this.rest();
  }

  /** Time has passed: mostly, everybody looks at what is next. */
  look(): Promise<void> {
    return this.dice.once(3) ? Promise.resolve() : this.lookAtAll();
  }

  private async lookAtAll(): Promise<void> {
    for (const payer of this.payers.values()) payer.lookNow();
    for (const reports of this.reports.values()) reports.look();
    await this.rest();
  }

  /** The process ends without a word, and is followed. */
  async die(): Promise<void> {
    const slices = [...this.bySlice].filter(([sliceId, payer]) => payer.book.sliceId === sliceId);
    const gone = slices.map(([sliceId, { partyId }]) => ({ sliceId, partyId, gatewayId: this.gatewayId, epoch: 2 }));
    for (const reports of this.reports.values()) reports.abandon();
    const { stored, kept } = this;
    this.lives += 1;
    this.payers = new Map();
    this.bySlice = new Map();
    this.reports = new Map();
    this.recalledWallets = new RecalledWallets();
    this.requests = [];
    this.stored = new Map();
    this.kept = new Map();
    this.spendsUntil = Number.POSITIVE_INFINITY;
    this.listen();
    for (const of of gone) {
      const id = derivedId('cmd', 'succeed', of.sliceId);
      const over = [...kept.values()].flatMap(({ sliceId, use }) => (sliceId === of.sliceId ? [use] : []));
      const running = (stored.get(of.sliceId) ?? []).filter(({ eventId }) => !kept.has(eventId));
      const uses = [...running, ...over];
      if (running.length > 0) this.reach('edge: successor reports what is stored');
      if (over.length > 0) this.reach('edge: successor reports what was answered');
      const data = { ...of, reason: 'successor' as const, uses };
      await this.edges.handle(returnSlice as never, {
        id,
        streamId: edgeStreamOf(of.partyId),
        data,
        correlationId: id,
        actor: 'simulation',
      });
    }
  }

  /** All requests end, and all slices are given back. */
  async windUp(): Promise<void> {
    this.spendsUntil = Number.POSITIVE_INFINITY;
    for (const request of [...this.requests]) if (!request.isWaiting) this.finish(request);
    await this.lookAtAll();
    for (const payer of this.payers.values()) {
      if (payer.book.spendings.size > 0) continue;
      const action = payer.book.close();
      payer.tell();
      if (action) await payer.do(action);
    }
    await this.rest();
  }

  private listen(): void {
    this.ears = [];
    const parts = { hear: (ear: Ear) => Promise.resolve(void this.ears.push(ear)) };
    const log = { error: () => undefined };
    void new Hearing(parts as never, this.purse() as never, log as never).onApplicationBootstrap();
  }

  /** What {@link Hearing} tells of. */
  private purse() {
    const { now, lists, recalledWallets } = this;
    return {
      ...{ now, recalledWallets, payerOfSlice: (sliceId: string) => this.bySlice.get(sliceId) },
      payersOf: (partyId: string) => [...this.payers.values()].filter((payer) => payer.partyId === partyId),
      remember: (use: SliceUse, list: PriceList) => void lists.set(nameOfUse(use), list),
      tokensCame: (walletId: string) => {
        for (const payer of this.payers.values()) if (payer.book.tokensCame(walletId)) payer.look();
      },
      giveAllBack: () => {
        for (const payer of this.payers.values()) payer.book.recall('unavailable', now());
      },
      closed: (sliceId: string) => {
        this.bySlice.get(sliceId)?.book.closed(sliceId, now());
        this.bySlice.get(sliceId)?.look();
      },
    };
  }

  private async rest(): Promise<void> {
    for (let left = turnsToRest; left > 0; left--) await turn();
    if (this.failure) throw new Violation(String(this.failure), { cause: this.failure });
  }

  /** Somebody may not spend any more, or nobody as it is not known who may. */
  private bar(): void {
    const { dice } = this;
    if (dice.once(10)) for (const { missed } of this.ears) missed('the simulation says so');
    else if (dice.once(2)) this.told('PartySuspended', { partyId: dice.one(payers) });
    else if (dice.once(5)) this.told('ApiKeyRevoked', { partyId: owner, keyId: cappedKey });
  }

  private told(type: string, data: object): void {
    for (const { on, hear } of this.ears) if (on.includes(type)) hear([{ type, data } as never]);
  }

  private open(): void {
    const { dice } = this;
    const partyId = dice.one(payers);
    const key = partyId === owner && dice.once(2) ? cappedKey : undefined;
    const requestId = derivedId('req', this.name, String(++this.ids));
    const ofApp = dice.once(2);
    const units = ofApp ? someUnits(dice) : { input_tokens: BigInt(dice.roll(40)) };
    const all = new Map(Object.entries(units).map(([meter, count]) => [meter, count * unit]));
    // A use is one request, whatever number it names.
    if (all.has('requests') || all.size === 0) all.set('requests', dice.one([0n, unit, 2n * unit]));
    const use = ofApp ? { app } : { model };
    const part = dice.one([1, 30, 100]);
    const spender = { requestId, keyId: key ?? 'operator', use, estimate: partOf(all, part) };
    const payer = this.payerOf(partyId, key);
    const request: Request = { spender, payer, all, passed: 0, isWaiting: false };
    this.requests.push(request);
    if (!payer.book.open(spender, this.now())) this.waits(request, true);
    payer.look();
    // Some are slow to hear of it: their slice may be gone before they are over.
    payer.endOf(requestId).addEventListener('abort', () => dice.once(3) || this.cutOff(request));
  }

  private waits(request: Request, isNew: boolean): void {
    request.isWaiting = true;
    void request.payer.settled(request.spender.requestId).then((refusal) => {
      request.isWaiting = false;
      if (refusal === undefined || !this.requests.includes(request)) return;
      this.reach(`edge: ${refusal}`);
      if (isNew) this.forget(request);
      else this.cutOff(request);
    });
  }

  /** A part more of the answer leaves, if its tokens can be set aside. */
  private flow(request: Request): void {
    const { spender, payer, all } = request;
    const next = Math.min(100, request.passed + 1 + this.dice.roll(30));
    const passes = payer.book.flow(spender, partOf(all, next), this.now());
    if (passes === true) request.passed = next;
    else if (passes === false) this.cutOff(request);
    else this.waits(request, false);
  }

  /** The answer ends with what was passed on. */
  private cutOff(request: Request): void {
    if (!this.requests.includes(request)) return;
    this.reach('edge: cut off');
    if (request.passed === 0) this.drop(request);
    else this.end(request, passedOf(request));
  }

  /** The answer is whole, if the rest of it can be set aside. */
  private finish(request: Request): void {
    const { spender, payer, all } = request;
    // Its slice is gone, and what it cost is reported: the provider may say that it was more.
    if (!payer.book.spendings.has(spender.requestId)) return this.end(request, this.dice.one([all, passedOf(request)]));
    const passes = payer.book.flow(spender, all, this.now());
    if (passes === true) return this.end(request, all);
    // Nobody waits for what could be set aside later.
    payer.forget(spender.requestId);
    this.cutOff(request);
  }

  private end(request: Request, units: Units): void {
    const { payer, spender } = request;
    this.forget(request);
    let spent: ReturnType<SliceBook['finish']>;
    try {
      spent = payer.book.finish(spender.requestId, units, this.now());
    } catch (error) {
      // Cut off before all of that was passed on: the caller does not get the end of the answer.
      if ((error as Error).name === 'SpendingOver') return this.reach('edge: end withheld');
      throw error;
    }
    const { sliceId, taken, isReported, units: counted } = spent;
    const isBound = spender.use.app !== undefined;
    const isWhole = [...units].every(([meter, count]) => (counted.get(meter) ?? 0n) >= count);
    ensure(isWhole, () => `${spender.requestId} is answered with more than is reported of it`);
    const exact = ((counted.get('input_tokens') ?? 0n) * unitPrice) / unit;
    ensure(isBound || taken.tokens === exact, () => `${spender.requestId} takes ${taken.tokens}, and costs ${exact}`);
    const at = this.gatewayId;
    const serve = () => void this.served.set(`${at} ${spender.requestId}`, { sliceId, tokens: taken.tokens, isBound });
    this.reach(isReported ? 'edge: ended after its slice' : 'edge: served');
    if (isReported) return serve();
    this.reportsOf(sliceId, payer.partyId)
      .add(servedUse(spent))
      .then(serve, (error: unknown) => at === this.gatewayId && (this.failure ??= error));
  }

  private drop(request: Request): void {
    this.forget(request);
    request.payer.book.drop(request.spender.requestId);
  }

  private forget(request: Request): void {
    this.requests = this.requests.filter((each) => each !== request);
    request.payer.forget(request.spender.requestId);
    request.payer.over(request.spender.requestId);
  }

  private checkpoint(): void {
    const running = [...this.payers.values()].flatMap(({ book }) => book.spendings.passed());
    const bySlice = Map.groupBy(running, ({ sliceId }) => sliceId);
    this.stored = new Map([...bySlice].map(([sliceId, of]) => [sliceId, of.map((use) => servedUse(use))]));
  }

  private payerOf(partyId: string, key: string | undefined): PayerSlices {
    const name = `${partyId} ${key}`;
    const known = this.payers.get(name);
    if (known) return known;
    const book = new SliceBook(this.limits, {
      newSliceId: () => derivedId('slc', this.name, String(++this.ids)),
      lastList: (use) => this.lists.get(nameOfUse(use)),
      recallsOthers: (walletId, now) => this.recalledWallets.isAwaited(walletId, now),
      spendsUntil: () => this.spendsUntil,
    });
    const payer: PayerSlices = new PayerSlices(partyId, key, book, {
      now: this.now,
      reportsOf: (sliceId) => this.reportsOf(sliceId, partyId),
      begins: (sliceId) => void this.bySlice.set(sliceId, payer),
      returned: (sliceId) => this.reports.delete(sliceId),
      looked: () => {
        if (book.remaining < 0n) this.failure ??= `${partyId} has ${book.remaining} left of its slice`;
      },
      failed: (error) => (this.failure ??= error),
    });
    this.payers.set(name, payer);
    return payer;
  }

  private reportsOf(sliceId: string, partyId: string): SliceReports {
    const known = this.reports.get(sliceId);
    if (known) return known;
    const of = { sliceId, partyId, gatewayId: this.gatewayId, epoch: 1 };
    const reports = new SliceReports(of, this.edges as never, this.keeping());
    this.reports.set(sliceId, reports);
    return reports;
  }

  /** Where uses are kept until they are reported; some stay a while longer. */
  private keeping(): Keeping {
    const { kept } = this;
    return {
      ...{ everyMs: reportEveryMs, now: this.now },
      keep: (sliceId, use) => {
        this.reach('edge: reported later');
        return Promise.resolve(void kept.set(use.eventId, { sliceId, use }));
      },
      reported: (eventId) => void (this.dice.once(4) || kept.delete(eventId)),
      failed: (_, error) => void (this.failure ??= error),
    };
  }
}

/** A part of an answer's units, in whole ones. @param part in hundredths */
const partOf = (all: Units, part: number): Units =>
  new Map([...all].map(([meter, count]) => [meter, (((count / unit) * BigInt(part)) / 100n) * unit]));

const passedOf = ({ all, passed }: Request): Units => partOf(all, passed);

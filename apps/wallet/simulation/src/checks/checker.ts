import { isDeepStrictEqual } from 'node:util';
import {
  decodeData,
  hashOf,
  firstPreviousHash,
  type StoredEvent,
  walletCatalogue,
  type WalletEvent,
} from '@tokengrid/contracts';
import { type LaneBatch, type Outcome, recordedEvent } from '@tokengrid/event-store';
import type { Aggregate, Recorded } from '@tokengrid/kernel';
import { systemStreamId } from '@tokengrid/kernel';
import { ensure, shown, Violation } from '@tokengrid/simulation-kit';
import { type Capacity, capacity, capacityStreamId } from '@tokengrid/wallet/decisions/state/capacity';
import { fees, feesStreamId } from '@tokengrid/wallet/decisions/state/fees';
import { marketPolicies, marketPolicyStreamId } from '@tokengrid/wallet/decisions/state/market-policies';
import { tokenPrices, tokenPriceStreamId } from '@tokengrid/wallet/decisions/state/token-prices';
import { wallet } from '@tokengrid/wallet/decisions/state/wallet';
import { walletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import { Books } from './books.ts';
import { reachedBy } from './coverage.ts';
import { type Handler, ReferenceModel } from '../model/model.ts';
import { type Expected } from '../model/state.ts';
import { type At } from '../model/state.ts';
import type { Asked } from '../model/asked.ts';
import { approvalHandlers } from '../model/approvals.ts';
import { chargeHandlers } from '../model/charges.ts';
import { contradictionHandlers } from '../model/contradictions.ts';
import { exhaustionHandlers } from '../model/exhaustion.ts';
import { feesHandlers } from '../model/fees.ts';
import { openingHandlers } from '../model/grants.ts';
import { holdHandlers } from '../model/holds.ts';
import { isNews, laneHandlers } from '../model/lanes.ts';
import { marketHandlers } from '../model/market.ts';
import { memberHandlers } from '../model/members.ts';
import { noticeHandlers } from '../model/notices.ts';
import { planHandlers } from '../model/plans.ts';
import { priceHandlers } from '../model/prices.ts';
import { purchaseHandlers } from '../model/purchases.ts';
import { statusHandlers } from '../model/status.ts';
import { transferHandlers } from '../model/transfers.ts';
import { voucherHandlers } from '../model/vouchers.ts';
import { compareCharge, compareSuspensions, compareTold } from './followed.ts';
import type { Outside } from '../clients/outside.ts';
import { compareCapacity, compareLane, comparePolicies, comparePrices, compareWallet } from './states.ts';

const handlers: Readonly<Record<string, Handler>> = {
  ...openingHandlers,
  ...transferHandlers,
  ...chargeHandlers,
  ...marketHandlers,
  ...purchaseHandlers,
  ...noticeHandlers,
  ...contradictionHandlers,
  ...priceHandlers,
  ...approvalHandlers,
  ...exhaustionHandlers,
  ...statusHandlers,
  ...memberHandlers,
  ...voucherHandlers,
  ...planHandlers,
  ...holdHandlers,
  ...laneHandlers,
  ...feesHandlers,
};

/**
 * A command's last decision. Stored events were decided under the lane's lock, so they are of the
 * last one.
 */
interface Decided {
  readonly kind: string;
  readonly streamId: string;
  readonly data: unknown;
}

type Event = Recorded<WalletEvent>;

/**
 * Observer of the storage. Compares every event, and the state it leads to, with the reference
 * model.
 */
export class Checker {
  readonly model: ReferenceModel;
  readonly books = new Books();
  /** All events by lane, as read from the stored bytes. */
  readonly history: Event[][];
  /** The first violation found. */
  violation: Violation | undefined;
  /** Commands that are stored. */
  commands = 0;
  /** Number of events by type, refusals also by code. */
  readonly reached = new Map<string, number>();
  /** The lane checked last. */
  private checking = 0;
  private readonly states = new Map<string, unknown>();
  private readonly deciding = new Map<string, Decided>();
  private readonly outcomes = new Map<string, readonly Event[]>();
  private readonly heads: { hash: string; time: number }[];
  private readonly systemStreams: readonly string[];

  constructor(
    lanes: number,
    timeZone: string,
    /** Events of other services, which the wallet has to follow. */
    private readonly outside: Outside,
    /** Called with every event. */
    private readonly happened: (event: Event) => void,
  ) {
    this.model = new ReferenceModel(lanes, timeZone);
    this.history = Array.from({ length: lanes }, () => []);
    this.heads = Array.from({ length: lanes }, () => ({ hash: firstPreviousHash, time: 0 }));
    this.systemStreams = Array.from({ length: lanes }, (_, lane) => systemStreamId(lane, lanes));
  }

  /** A decision is about to be made. */
  decides(commandId: string, decided: Decided): void {
    this.deciding.set(commandId, decided);
  }

  /** Checks a decision without events, which stores nothing. */
  foundNothing(kind: string, state: unknown, data: unknown): void {
    if (kind !== 'watchCapacity') return;
    const { status, ...is } = state as Capacity & { readonly declared: bigint; readonly warned: boolean };
    const { outstanding } = data as { readonly outstanding: bigint };
    if (status === 'undeclared' || !isNews(is, outstanding)) return;
    this.violation ??= new Violation(`${outstanding} µAIT outstanding are no news to ${shown(is)}`);
  }

  /** A batch is stored. */
  committed(lane: number, batch: LaneBatch): void {
    if (this.violation) return;
    this.checking = lane;
    try {
      for (let from = 0; from < batch.events.length;) from = this.checkCommand(lane, batch, from);
      for (const { streamId, state, revision } of batch.streams) {
        const folded = this.states.get(streamId);
        ensure(
          isDeepStrictEqual(state, folded),
          () => `the state of ${streamId}@${revision} is not what its events say`,
        );
      }
    } catch (error) {
      this.violation = violationOf(error);
    }
  }

  /** Checks the events of one command; returns the index of the next command's first event. */
  private checkCommand(lane: number, { events }: LaneBatch, from: number): number {
    const { commandId, time } = events[from]!;
    ensure(!this.outcomes.has(commandId), () => `command ${commandId} has a second outcome`);
    const decided = this.deciding.get(commandId);
    if (!decided) throw new Violation(`nobody decided ${commandId}`);
    this.deciding.delete(commandId);
    this.commands += 1;
    const handler = handlers[decided.kind];
    if (!handler) throw new Error(`the model does not know ${decided.kind}`);
    const asked = { walletId: decided.streamId, ...(decided.data as object) } as Asked;
    if (decided.kind === 'chargeWallet') compareCharge(asked, this.outside);
    compareTold(decided.kind, asked, this.outside);
    const consequences = handler(this.model, asked, this.at(time, lane));
    const own: Event[] = [];
    this.outcomes.set(commandId, own);
    let at = from;
    for (; at < events.length && events[at]!.commandId === commandId; at++) {
      const event = this.read(lane, events[at]!);
      own.push(event);
      this.history[lane]!.push(event);
      const expected = consequences.next();
      if (expected.done) throw new Violation(`${decided.kind} led to a ${event.type} too many: ${shown(event.data)}`);
      this.checkEvent(event, expected.value, decided.streamId);
    }
    const more = consequences.next();
    if (!more.done) throw new Violation(`${decided.kind} did not lead to ${more.value.type} ${shown(more.value.data)}`);
    return at;
  }

  private at(time: number, lane: number): At {
    const { days } = this.model;
    return { time, lane, day: days.dayOf(time), month: days.monthOf(time), timeZone: days.timeZone };
  }

  /** Reads an event from its bytes, as every reader does. */
  private read(lane: number, stored: StoredEvent): Event {
    const head = this.heads[lane]!;
    const { sequence, type, time } = stored;
    ensure(sequence === this.history[lane]!.length + 1, () => `lane ${lane} goes on with sequence ${sequence}`);
    ensure(time >= head.time, () => `the time of lane ${lane} steps back from ${head.time} to ${time}`);
    ensure(hashOf(stored, head.hash) === stored.hash, () => `the chain of lane ${lane} breaks at ${sequence}`);
    this.heads[lane] = { hash: stored.hash, time };
    const declaration = walletCatalogue.events[type as WalletEvent['type']];
    return recordedEvent(stored, decodeData(declaration as never, stored.version, stored.value)) as Event;
  }

  private checkEvent(event: Event, { type, data }: Expected, streamId: string): void {
    const { postings = [], ...rest } = event.data as { readonly postings?: [] };
    ensure(event.type === type && isDeepStrictEqual(rest, data), () =>
      [`${event.type} ${shown(rest)}`, `where has to be ${type} ${shown(data)}`].join('\n  '),
    );
    const posted = this.books.book(type, postings, event.lane, streamId);
    this.books.compare(this.model.accounts, new Set([...posted, ...this.model.accounts.takeMoved()]));
    this.evolve(event);
    for (const what of reachedBy(event)) this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
    if (takesCapacity(event)) this.checkCapacity();
    this.happened(event);
  }

  private evolve(event: Event): void {
    const { streamId, lane } = event;
    if (streamId === this.systemStreams[lane]) compareLane(this.fold(walletLane, event), this.model.lanes[lane]!);
    else if (streamId === capacityStreamId) compareCapacity(this.fold(capacity, event), this.model);
    else if (streamId === feesStreamId) this.fold(fees, event);
    else if (streamId === tokenPriceStreamId) comparePrices(this.fold(tokenPrices, event), this.model);
    else if (streamId === marketPolicyStreamId) comparePolicies(this.fold(marketPolicies, event), this.model);
    else compareWallet(this.fold(wallet, event), this.model.wallets.get(streamId));
  }

  private fold<State>(aggregate: Aggregate<State, WalletEvent>, event: Event): State {
    const before = (this.states.get(event.streamId) ?? aggregate.initial) as State;
    const after = aggregate.evolve(before, event);
    this.states.set(event.streamId, after);
    return after;
  }

  /** Checks that no lane issues beyond the capacity once all lanes know the declaration. */
  private checkCapacity(): void {
    const { capacity: limit, lanes, accounts } = this.model;
    const heard = lanes.every((own) => own.limit >= limit.version);
    if (limit.version === 0 || !heard) return;
    const promised = accounts.outstanding + this.model.reserved;
    ensure(promised <= limit.declared, () => `${promised} outstanding or reserved, ${limit.declared} declared`);
  }

  /** The state of a stream, folded from its events. */
  state<State>(aggregate: Aggregate<State, WalletEvent>, streamId: string): State {
    return (this.states.get(streamId) ?? aggregate.initial) as State;
  }

  /** Checks that an answer is the outcome stored under its command's id, for every repeat too. */
  answered({ commandId, events, published }: Outcome<WalletEvent>, publishedUpTo: readonly number[]): void {
    if (this.violation) return;
    const stored = this.outcomes.get(commandId);
    const last = events.at(-1);
    try {
      ensure(
        isDeepStrictEqual(events, stored),
        () => `${commandId} was answered with ${shown(events)}, not ${shown(stored)}`,
      );
      const isThere = !published || (last !== undefined && publishedUpTo[last.lane]! >= last.sequence);
      ensure(isThere, () => `${commandId} was answered before the log had it`);
    } catch (error) {
      this.violation = violationOf(error);
    }
  }

  /**
   * Checks the end of a history, when everything has arrived and is published.
   * @throws Violation for any remainder
   */
  finish(publishedUpTo: readonly number[]): void {
    const { model, books, history } = this;
    for (const [lane, events] of history.entries()) {
      ensure(publishedUpTo[lane] === events.length, () => `lane ${lane} is published up to ${publishedUpTo[lane]}`);
    }
    ensure(books.sum('in-transit') === 0n, () => `${books.sum('in-transit')} µAIT are in transit for ever`);
    ensure(model.goingBack.length === 0, () => `never came back: ${model.goingBack.join(', ')}`);
    ensure(model.underway.size === 0, () => `never arrived: ${[...model.underway.keys()].join(', ')}`);
    compareSuspensions(model, this.outside);
    const { version, granted, declared } = model.capacity;
    if (version === 0) return;
    const room = model.lanes.reduce((sum, lane) => sum + lane.room, 0n);
    const promised = model.accounts.outstanding + model.reserved;
    ensure(granted - room === promised, () => `${promised} outstanding of ${declared}, ${granted - room} known of`);
  }

  /** Number of events in all lanes. */
  get events(): number {
    return this.history.reduce((sum, { length }) => sum + length, 0);
  }

  /** Last events of the lane in which the violation was found. */
  lastEvents(most = 12): readonly string[] {
    const events = this.history[this.checking]!.slice(-most);
    return events.map(({ id, streamId, type, data }) => `${id} ${streamId} ${type} ${shown(data)}`);
  }

  isStored(commandId: string): boolean {
    return this.outcomes.has(commandId);
  }
}

/** Errors of the model are violations: a command led to an impossible event. */
const violationOf = (error: unknown): Violation =>
  error instanceof Violation ? error : new Violation((error as Error).message, { cause: error });

/** True for an event that takes capacity; tokens issued out of a reservation take none. */
const takesCapacity = ({ type, data }: Event): boolean =>
  type === 'CapacityReserved' || (type === 'CapacityUsed' && data.reserved === undefined);

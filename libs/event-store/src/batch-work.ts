import { type Catalogue, hashOf, type StoredEvent, writeEvent } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Command } from './command.ts';
import type { ChainedEvent } from './event-log.ts';
import type { LaneOptions, Pending } from './lane-options.ts';
import { recordedEvent } from './recorded-event.ts';
import { LookedUp } from './looked-up.ts';
import {
  type ChangedStream,
  emptyStream,
  type LaneBatch,
  type LaneHead,
  type LockedLane,
  type StoredCommand,
  type StreamState,
  type WantedStream,
} from './storage.ts';

/**
 * Number of events after which a stream's state is stored again. Encoding and writing a state costs
 * more than any event; folding fewer events than this costs little, and only if no process has the
 * state cached.
 */
export const eventsBetweenStoredStates = 8;

/**
 * Work of one transaction, built up command by command. Nothing of it is true before the commit.
 */
export class BatchWork {
  readonly states = new Map<string, StreamState>();
  /** Streams of its commands, and the lane's own. */
  readonly wanted = new Map<string, WantedStream>();
  /** Streams whose state can't be loaded, with the reason: only commands that need them fail. */
  readonly unloaded = new Map<string, Error>();
  /** Commands already stored, including those of this transaction. */
  readonly known: Map<string, StoredCommand>;
  readonly stored: StoredCommand[] = [];
  readonly chained: ChainedEvent[] = [];
  readonly recorded: Recorded<DomainEvent>[] = [];
  readonly taken: { pending: Pending; stored: StoredCommand; events: Recorded<DomainEvent>[] }[] = [];
  readonly repeats: { pending: Pending; stored: StoredCommand }[] = [];
  readonly refused: { pending: Pending; error: Error }[] = [];
  /** State versions of the streams that changed. */
  private readonly changed = new Map<string, number>();
  private readonly lookedUp: LookedUp | undefined;
  head: LaneHead;
  /** Storage clock, read under the lock. */
  private readonly now: number;

  constructor(
    private readonly options: LaneOptions,
    private readonly declarations: Catalogue['events'],
    { head, time, known, found }: Pick<LockedLane, 'head' | 'time' | 'known' | 'found'>,
  ) {
    this.head = head;
    this.now = time;
    this.known = new Map(known);
    const { setBy } = options.storage;
    this.lookedUp = setBy && new LookedUp(setBy, found, this.recorded);
  }

  /** Decides one command on top of those before it. If it throws, it leaves no trace. */
  decide(pending: Pending, systemStream: string, system: Aggregate<unknown, DomainEvent> | undefined): void {
    const { command, aggregate } = pending;
    const time = Math.max(this.now, this.head.time);
    const own = this.loaded(command.streamId, aggregate);
    const unreadable = system && this.unloaded.get(systemStream);
    const context = {
      time,
      calendar: this.options.calendar,
      lane: this.options.lane,
      lanes: this.options.storage.lanes,
      system: system && !unreadable ? this.loaded(systemStream, system).state : undefined,
      found: this.lookedUp?.of(command) ?? nothingFound,
    };
    if (unreadable) throwOnUse(context, unreadable);
    const decided = pending.decide(own.state, command.data, context);
    if (decided.length === 0) throw new Error(`the decision on ${command.streamId} stated no event`);
    const draft = new Draft(this.head, this.declarations, this.options, command, time);
    const touched = new Map<string, Touched>();
    for (const item of decided) {
      const onSystem = 'systemEvent' in item;
      const event = onSystem ? item.systemEvent : item;
      const streamId = onSystem ? systemStream : command.streamId;
      const kind = streamId === systemStream && system ? system : aggregate;
      const before = touched.get(streamId)?.after ?? this.loaded(streamId, kind);
      const { storedRevision } = before;
      const revision = before.revision + 1;
      const written = draft.add(event, streamId, revision);
      const after = { revision, state: kind.evolve(before.state, written), storedRevision };
      touched.set(streamId, { after, stateVersion: kind.stateVersion });
    }
    this.accept(pending, draft, touched);
  }

  /** @throws StreamUnreadable, EventsRetired */
  private loaded(streamId: string, { initial }: Aggregate<unknown, DomainEvent>): StreamState {
    const failure = this.unloaded.get(streamId);
    if (failure) throw failure;
    return this.states.get(streamId) ?? emptyStream(initial);
  }

  private accept(pending: Pending, draft: Draft, touched: ReadonlyMap<string, Touched>): void {
    for (const [streamId, { after, stateVersion }] of touched) {
      this.states.set(streamId, after);
      this.changed.set(streamId, stateVersion);
    }
    for (const chained of draft.chained) this.chained.push(chained);
    for (const recorded of draft.recorded) this.recorded.push(recorded);
    const { id, inputHash } = pending.command;
    const stored: StoredCommand = {
      commandId: id,
      lane: this.options.lane,
      sequence: this.head.sequence + 1,
      count: draft.chained.length,
      inputHash,
    };
    this.known.set(id, stored);
    this.stored.push(stored);
    this.taken.push({ pending, stored, events: draft.recorded });
    this.head = draft.head;
  }

  batch(): LaneBatch {
    const streams: ChangedStream[] = [];
    for (const [streamId, stateVersion] of this.changed) {
      const { revision, state, storedRevision } = this.states.get(streamId)!;
      if (revision - storedRevision < eventsBetweenStoredStates) continue;
      streams.push({ streamId, stateVersion, revision, state });
      this.states.set(streamId, { revision, state, storedRevision: revision });
    }
    return {
      lane: this.options.lane,
      events: this.chained.map(({ event }) => event),
      recorded: this.recorded,
      commands: this.stored,
      streams,
      head: this.head,
    };
  }
}

const nothingFound = () => undefined;

/**
 * If the lane's own stream is unreadable, only decisions that use it fail. A getter in every
 * context would cost: V8 gives each such object a class of its own, which keeps its batch in memory
 * until the next full collection.
 */
function throwOnUse(context: { readonly system: unknown }, failure: Error): void {
  Object.defineProperty(context, 'system', {
    enumerable: true,
    get() {
      throw failure;
    },
  });
}

/** A stream after the events of one command. */
interface Touched {
  readonly after: StreamState;
  readonly stateVersion: number;
}

/** Events of one command, numbered, encoded and chained for the lane. */
class Draft {
  readonly chained: ChainedEvent[] = [];
  readonly recorded: Recorded<DomainEvent>[] = [];

  constructor(
    public head: LaneHead,
    private readonly declarations: Catalogue['events'],
    private readonly options: LaneOptions,
    private readonly command: Command<unknown>,
    private readonly time: number,
  ) {}

  /** @returns the event as it is stored */
  add({ type, data: stated }: DomainEvent, streamId: string, revision: number): DomainEvent {
    const declaration = this.declarations[type];
    if (!declaration) throw new Error(`${type} is not an event of ${this.options.catalogue.service}`);
    const { id, inputHash, causationId = id, correlationId, actor, traceparent } = this.command;
    const { service } = this.options.catalogue;
    const previousHash = this.head.hash;
    const { value, data, leftOut } = writeEvent(declaration, stated, this.options.maxEventBytes);
    if (leftOut !== undefined) this.options.trimmed(streamId, leftOut);
    const unhashed = {
      service,
      lane: this.options.lane,
      sequence: this.head.sequence + 1,
      streamId,
      revision,
      type,
      version: declaration.version,
      time: this.time,
      commandId: id,
      inputHash,
      causationId,
      correlationId,
      actor,
      traceparent,
      value,
    };
    const event: StoredEvent = { ...unhashed, hash: hashOf(unhashed, previousHash) };
    this.chained.push({ event, previousHash });
    this.recorded.push(recordedEvent(event, data));
    this.head = { sequence: event.sequence, hash: event.hash, time: this.time };
    return { type, data };
  }
}

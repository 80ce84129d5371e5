import type { StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { ChainedEvent } from './event-log.ts';

/** The end of a lane: its last event's sequence, hash and time. A lane without events has sequence 0. */
export interface LaneHead {
  readonly sequence: number;
  readonly hash: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Where the first taking of a command stands: `count` events of the lane from `sequence` on. */
export interface StoredCommand {
  readonly commandId: string;
  readonly lane: number;
  readonly sequence: number;
  readonly count: number;
  readonly inputHash: string | undefined;
}

/** A stream's state at a revision. `state` is opaque here: it is whatever the aggregate folds. */
export interface StreamState {
  readonly revision: number;
  readonly state: unknown;
  /** The last revision whose state is stored; 0 where none is. What came after it has to be folded from events. */
  readonly storedRevision: number;
}

/** A stream without events. */
export const emptyStream = (state: unknown): StreamState => ({ revision: 0, state, storedRevision: 0 });

/** A stream's state on its way to storage. */
export interface ChangedStream extends Pick<StreamState, 'revision' | 'state'> {
  readonly streamId: string;
  readonly stateVersion: number;
}

/** All that one transaction writes in a lane. */
export interface LaneBatch {
  readonly lane: number;
  readonly events: readonly StoredEvent[];
  /** The same events as projections read them, in the same order. */
  readonly recorded: readonly Recorded<DomainEvent>[];
  readonly commands: readonly StoredCommand[];
  /** Streams whose state is to be stored: those that have come far since it was last. */
  readonly streams: readonly ChangedStream[];
  readonly head: LaneHead;
}

/** A stream whose state is wanted, and how to fold what came after the state that is stored. */
export interface WantedStream {
  readonly streamId: string;
  readonly stateVersion: number;
  /**
   * @param stored what is stored of this state version; `undefined` for nothing. @param events all events after it
   * @param skipped sequences of events of the lane that are passed over where they can't be read
   * @throws StreamUnreadable
   */
  readonly fold: (
    stored: Pick<StreamState, 'revision' | 'state'> | undefined,
    events: readonly StoredEvent[],
    skipped?: ReadonlySet<number>,
  ) => StreamState;
}

/** A stream's state, or why it can't be known: each stream fails by itself. */
export type FoundStream = StreamState | Error;

/** What is about to be taken in a lane. */
export interface LaneCommands {
  readonly lane: number;
  readonly commandIds: readonly string[];
}

/** A lane as it stands in a transaction that holds its lock. */
export interface LockedLane {
  readonly head: LaneHead;
  /** The storage's clock once the lock was there; epoch milliseconds. May step back: lanes do not. */
  readonly time: number;
  /** Those of the commands the transaction began with, or looked up since, that are stored already. */
  readonly known: ReadonlyMap<string, StoredCommand>;
  /**
   * Events stored since the lane had the given head, in order; `undefined` when there are more than `most`, or when the lane never had that
   * head (another history was restored).
   */
  eventsSince(head: LaneHead, most: number): Promise<readonly StoredEvent[] | undefined>;
  /**
   * States as stored, and as the events after those say; for those that can't be known, why: StreamUnreadable, EventsRetired. Streams
   * that have no events are not in it.
   */
  statesOf(streams: readonly WantedStream[]): Promise<ReadonlyMap<string, FoundStream>>;
}

/** One transaction on some lanes, whose locks it holds from beginning to end. */
export interface LaneTransaction {
  /** In the order in which they were asked for. */
  readonly lanes: readonly LockedLane[];
  /** Looks up more commands of its lanes: those that are stored already are in {@link LockedLane.known} then. */
  findMore(lanes: readonly LaneCommands[]): Promise<void>;
  /**
   * Writes events, command ids, states, projections and heads, and ends the transaction: with all of that, or without effect when it throws.
   * @param tellRelays lanes that another process publishes, and must hear of.
   * @throws UnwritableBatch when the data itself is refused.
   */
  commit(batches: readonly LaneBatch[], tellRelays: readonly number[]): Promise<void>;
  /** Ends the transaction without effect. Never throws. */
  rollback(): Promise<void>;
}

/** What the rows of a lane say; `undefined` where there is no such row. */
export interface LaneStanding {
  /** Sequence of its last event. */
  readonly head: number | undefined;
  /** Sequence of the last event that is known to be in the log. */
  readonly published: number | undefined;
  /** Time of its last event; epoch milliseconds. */
  readonly time: number | undefined;
}

/** The database is there, but not the tables: it was emptied, or is another one. */
export class TablesGone extends Error {
  override readonly name = 'TablesGone';
}

/** A table lacks rows that nobody but the service may delete: what is read of it is not to be believed, nor to be decided on. */
export class RowsLost extends Error {
  override readonly name = 'RowsLost';
}

/** The storage refused what was written, and would refuse it again: some command in the batch is to blame. */
export class UnwritableBatch extends Error {
  override readonly name = 'UnwritableBatch';
}

/** A relay's mark: what it knows to be in the log. The epoch counts the holders of the lane's lease. */
export interface PublishedMark {
  readonly sequence: number;
  readonly hash: string;
  /** Behind its record in the log: where to look for what came after it. Only a hint; 0 where it is not known. */
  readonly offset: number;
}

/** Where lanes are stored. Postgres in production; in memory for simulations; one contract spec for both. */
export interface LaneStorage {
  readonly lanes: number;
  /** Takes the locks of lanes, each at most once. What of it is known is looked up under the locks. @throws RowsLost */
  begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction>;
  headOf(lane: number): Promise<LaneHead>;
  /** How all lanes stand, by lane, in one look. @throws TablesGone */
  standing(): Promise<readonly LaneStanding[]>;
  /** Tables that are gone, or have lost rows that the service did not delete: what is wrong and what to do, a sentence each. @throws TablesGone */
  lostTables(): Promise<readonly string[]>;
  /** Stored events of a lane after a sequence, in order, at most `limit`, with their previous hashes. */
  eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]>;
  /** Sequence of a lane's last event at a time or before it; 0 where none is stored. Times never go back in a lane. */
  sequenceAt(lane: number, time: number): Promise<number>;
  /** Events of commands, by command id, in order; all of them in one look. */
  eventsOfCommands(commands: readonly StoredCommand[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>>;
  /** Those of the commands that are stored, by id; all of them in one look. */
  commandsOf(commandIds: readonly string[]): Promise<ReadonlyMap<string, StoredCommand>>;
  stateOf(stream: WantedStream): Promise<FoundStream | undefined>;
  publishedMark(lane: number): Promise<PublishedMark>;
  /** Moves the mark if the lease's epoch is still `epoch`; false if somebody else has the lease. */
  movePublishedMark(lane: number, epoch: number, mark: PublishedMark, tellOthers: boolean): Promise<boolean>;
  /** Calls back when another process stored events of a lane, or published some. Returns how to stop. */
  listen(listener: StorageListener): Promise<() => Promise<void>>;
}

export interface StorageListener {
  stored(lane: number): void;
  published(lane: number, sequence: number): void;
}

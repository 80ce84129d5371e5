import type { StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { ChainedEvent } from './event-log.ts';
import type { SetBy } from './look-up.ts';

/** End of a lane: its last event's sequence, hash and time. An empty lane has sequence 0. */
export interface LaneHead {
  readonly sequence: number;
  readonly hash: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Position of a command's events: `count` events of the lane from `sequence` on. */
export interface StoredCommand {
  readonly commandId: string;
  readonly lane: number;
  readonly sequence: number;
  readonly count: number;
  readonly inputHash: string | undefined;
}

/** State of a stream at a revision. `state` is opaque here: any value that the aggregate folds. */
export interface StreamState {
  readonly revision: number;
  readonly state: unknown;
  /** Last revision with a stored state; 0 if there is none. Later events have to be folded. */
  readonly storedRevision: number;
}

/** A stream without events. */
export const emptyStream = (state: unknown): StreamState => ({ revision: 0, state, storedRevision: 0 });

/** A stream's state to store. */
export interface ChangedStream extends Pick<StreamState, 'revision' | 'state'> {
  readonly streamId: string;
  readonly stateVersion: number;
}

/** Everything that one transaction writes in a lane. */
export interface LaneBatch {
  readonly lane: number;
  readonly events: readonly StoredEvent[];
  /** The same events in the form of projections, in the same order. */
  readonly recorded: readonly Recorded<DomainEvent>[];
  readonly commands: readonly StoredCommand[];
  /** Streams whose state is stored: those with many events since the last time. */
  readonly streams: readonly ChangedStream[];
  readonly head: LaneHead;
}

/** A wanted stream, and the folding of events after its stored state. */
export interface WantedStream {
  readonly streamId: string;
  readonly stateVersion: number;
  /**
   * @param stored stored state of this state version, if any
   * @param events all events after it
   * @param skipped sequences of the lane's skipped events
   * @throws StreamUnreadable
   */
  readonly fold: (
    stored: Pick<StreamState, 'revision' | 'state'> | undefined,
    events: readonly StoredEvent[],
    skipped?: ReadonlySet<number>,
  ) => StreamState;
}

/** A stream's state, or the reason why it can't be known: each stream fails by itself. */
export type FoundStream = StreamState | Error;

/** Commands to execute in a lane. */
export interface LaneCommands {
  readonly lane: number;
  readonly commandIds: readonly string[];
  /** Keys that these commands name. */
  readonly keys?: readonly string[] | undefined;
}

/** A lane in a transaction that holds its lock. */
export interface LockedLane {
  readonly head: LaneHead;
  /** Storage clock under the lock; epoch milliseconds. It may step back, lanes do not. */
  readonly time: number;
  /** The lane's stored commands among those the transaction began with or looked up since. */
  readonly known: ReadonlyMap<string, StoredCommand>;
  /** Stored values of the keys that these commands name, by the storage's look-up. */
  readonly found: ReadonlyMap<string, string>;
  /**
   * Events stored since the lane had the given head, in order; `undefined` for more than `most`, or
   * if the lane never had that head (another history was restored).
   */
  eventsSince(head: LaneHead, most: number): Promise<readonly StoredEvent[] | undefined>;
  /**
   * States with later events folded; for those that can't be known, the error: StreamUnreadable,
   * EventsRetired. Empty streams are absent.
   */
  statesOf(streams: readonly WantedStream[]): Promise<ReadonlyMap<string, FoundStream>>;
}

/** One transaction on some lanes, whose locks it holds throughout. */
export interface LaneTransaction {
  /** In the order requested. */
  readonly lanes: readonly LockedLane[];
  /**
   * Looks up more commands of its lanes, and their keys, and adds what is stored to
   * {@link LockedLane.known} and {@link LockedLane.found}.
   */
  findMore(lanes: readonly LaneCommands[]): Promise<void>;
  /**
   * Writes events, command ids, states, projections and heads, and commits; without effect if it
   * throws.
   * @param tellRelays lanes whose relays in other processes must be notified
   * @throws UnwritableBatch if the data itself is refused
   */
  commit(batches: readonly LaneBatch[], tellRelays: readonly number[]): Promise<void>;
  /** Ends the transaction without effect. Never throws. */
  rollback(): Promise<void>;
}

/** Rows of a lane; `undefined` for a missing row. */
export interface LaneStanding {
  /** Sequence of its last event. */
  readonly head: number | undefined;
  /** Sequence of the last event known to be in the log. */
  readonly published: number | undefined;
  /** Time of its last event; epoch milliseconds. */
  readonly time: number | undefined;
}

/** A database without the tables: it was emptied, or is another one. */
export class TablesGone extends Error {
  override readonly name = 'TablesGone';
}

/**
 * A table lacks rows that only the service may delete: reads of it must not be trusted, nor decided
 * on.
 */
export class RowsLost extends Error {
  override readonly name = 'RowsLost';
}

/** The storage refuses the data, and would again: some command of the batch is to blame. */
export class UnwritableBatch extends Error {
  override readonly name = 'UnwritableBatch';
}

/**
 * A relay's mark: the events known to be in the log. The epoch counts the holders of the lane's
 * lease.
 */
export interface PublishedMark {
  readonly sequence: number;
  readonly hash: string;
  /** Offset after its record: a hint for finding later ones; 0 if unknown. */
  readonly offset: number;
}

/** A stream that wants to be the only one for a command's id. */
export interface CommandClaim {
  readonly id: string;
  readonly streamId: string;
}

/**
 * Storage of lanes: Postgres in production, in memory for simulations, with one contract spec for
 * both.
 */
export interface LaneStorage {
  readonly lanes: number;
  /** What events set for the look-up of commands' keys, if the service has one. */
  readonly setBy?: SetBy | undefined;
  /**
   * Locks lanes, each at most once, and looks up known commands under the locks.
   * @throws RowsLost
   */
  begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction>;
  headOf(lane: number): Promise<LaneHead>;
  /** Standing of all lanes, by lane, in one query. @throws TablesGone */
  standing(): Promise<readonly LaneStanding[]>;
  /**
   * Tables that are missing or have lost rows not deleted by the service: fault and remedy, a
   * sentence each.
   * @throws TablesGone
   */
  lostTables(): Promise<readonly string[]>;
  /**
   * Stored events of a lane after a sequence, in order, at most `limit`, with their previous
   * hashes.
   */
  eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]>;
  /**
   * Sequence of a lane's last event at or before a time; 0 if there is none. Times never go back in
   * a lane.
   */
  sequenceAt(lane: number, time: number): Promise<number>;
  /** Events of each of these commands, in order; those that are not stored are left out. */
  eventsOfCommands(commands: readonly StoredCommand[]): Promise<readonly (readonly StoredEvent[])[]>;
  /** Stored commands of these lanes, by id. */
  commandsOf(lanes: readonly LaneCommands[]): Promise<ReadonlyMap<string, StoredCommand>>;
  /** Stored commands of all lanes, by id, for callers that do not know the stream. */
  commandsAnywhere(commandIds: readonly string[]): Promise<ReadonlyMap<string, StoredCommand>>;
  /** Stream that has claimed a command's id, if any. */
  claimantOf(commandId: string): Promise<string | undefined>;
  /** Claims commands' ids for streams. Returns the first stream that claimed each, in order. */
  claimCommands(claims: readonly CommandClaim[]): Promise<readonly string[]>;
  stateOf(stream: WantedStream): Promise<FoundStream | undefined>;
  publishedMark(lane: number): Promise<PublishedMark>;
  /**
   * Moves the mark if the lease's epoch is still `epoch`; false if another holder has the lease.
   */
  movePublishedMark(lane: number, epoch: number, mark: PublishedMark, tellOthers: boolean): Promise<boolean>;
  /** Asks the process that publishes a lane to tell how far it has come. */
  askPublisher(lane: number): Promise<void>;
  /** Subscribes to other processes' storing and publishing. Returns the end of the subscription. */
  listen(listener: StorageListener): Promise<() => Promise<void>>;
}

export interface StorageListener {
  stored(lane: number): void;
  published(lane: number, sequence: number): void;
}

import type { Catalogue, InvalidEvent } from '@tokengrid/contracts';
import type { Aggregate, Calendar, Decide, DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Command } from './command.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';
import type { ChainedEvent } from './event-log.ts';

/** A command in a lane's queue, with all that is needed to decide it and to tell its caller. */
export interface Pending {
  readonly command: Command<unknown>;
  readonly aggregate: Aggregate<unknown, DomainEvent>;
  readonly decide: Decide<unknown, unknown, DomainEvent, unknown>;
  readonly settle: (taken: Taken) => void;
  readonly fail: (error: Error) => void;
  /** Set once nobody waits for it any more and it must not be started. */
  abandoned: boolean;
}

/** A command that is stored: by this transaction, or long before. */
export interface Taken {
  readonly stored: StoredCommand;
  /** Absent for a repeat, whose events have to be read. */
  readonly events: readonly Recorded<DomainEvent>[] | undefined;
}

/** What a lane tells the store about a batch: for the relay, the log and the metrics. */
export interface CommittedBatch {
  readonly lane: number;
  readonly commands: number;
  readonly repeats: number;
  readonly chained: readonly ChainedEvent[];
  readonly recorded: readonly Recorded<DomainEvent>[];
  readonly milliseconds: number;
}

export interface LaneOptions {
  readonly lane: number;
  readonly storage: LaneStorage;
  readonly catalogue: Catalogue;
  readonly system: Aggregate<unknown, DomainEvent> | undefined;
  readonly maxCachedStreams: number;
  readonly maxEventBytes: number;
  readonly calendar: Calendar;
  /** What is known to be in the log. Only what is committed is published, so a head before it is another, older database. */
  readonly publishedSequence: () => number;
  /** Told when the database was found to be older than the log. Stops the lane. */
  readonly behind: (reason: string) => void;
  readonly committed: (batch: CommittedBatch) => void;
  readonly failed: (error: unknown) => void;
  /** Told of a command whose decision stated an event that no reader would take. */
  readonly invalid: (streamId: string, error: InvalidEvent) => void;
  /** Told whether a stream that a command needs could be loaded. */
  readonly loaded: (streamId: string, failure: Error | undefined) => void;
  /** Told when a command came. */
  readonly ready: () => void;
}

import type { Catalogue, InvalidEvent } from '@tokengrid/contracts';
import type { Aggregate, Calendar, Decide, DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Command } from './command.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';
import type { ChainedEvent } from './event-log.ts';

/** A command in a lane's queue, with everything needed to decide it and to answer its caller. */
export interface Pending {
  readonly command: Command<unknown>;
  readonly aggregate: Aggregate<unknown, DomainEvent>;
  readonly decide: Decide<unknown, unknown, DomainEvent, unknown>;
  readonly settle: (taken: Taken) => void;
  readonly fail: (error: Error) => void;
  /** True once its caller has given up: it must not be started any more. */
  abandoned: boolean;
}

/** A stored command: by this transaction, or an earlier one. */
export interface Taken {
  readonly stored: StoredCommand;
  /** Absent for a repeat, whose events have to be read. */
  readonly events: readonly Recorded<DomainEvent>[] | undefined;
}

/** A committed batch, for the relay, the log and the metrics. */
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
  /**
   * Sequence known to be in the log. Only committed events are published, so a database with a head
   * before it is an older one.
   */
  readonly publishedSequence: () => number;
  /** Called if the database is older than the log. Stops the lane. */
  readonly behind: (reason: string) => void;
  readonly committed: (batch: CommittedBatch) => void;
  readonly failed: (error: unknown) => void;
  /** Called for a decision that stated an invalid event. */
  readonly invalid: (streamId: string, error: InvalidEvent) => void;
  /** Called for an event that is stored without fields that its schema does not have. */
  readonly trimmed: (streamId: string, leftOut: string) => void;
  /** Called after loading a command's stream, with the failure if it failed. */
  readonly loaded: (streamId: string, failure: Error | undefined) => void;
  /** Called for each new command. */
  readonly ready: () => void;
}

export type { ChainedEvent, EventLog, LogRecord, PartitionEnds, ReadOptions, TopicSettings } from './event-log.ts';
export { LogUnavailable, OffsetOutOfRange } from './event-log.ts';
export type { Command, Outcome, SoughtCommand, Streams } from './command.ts';
export {
  EventsRetired,
  IdempotencyKeyReused,
  LaneStopped,
  Overloaded,
  StoreUnavailable,
  StreamUnreadable,
} from './command.ts';
export type { LookUp } from './look-up.ts';
export type { Collectors, LaneRows, Projection, SqlClient, SqlWriter } from './projection.ts';
export { onEach, wantsType } from './projection.ts';
export { flushing, laneStatement, writeRows } from './lane-rows.ts';
export { EventStore } from './event-store.ts';
export { laneEventOf } from './lane-record.ts';
export { Batcher } from './batcher.ts';
export { untilBeat } from './beat.ts';
export { skippedBy } from './fold-stream.ts';
export { recordedEvent } from './recorded-event.ts';
export { defaultLimits, type EventStoreLimits } from './event-store-limits.ts';
export { LanedEventStore } from './laned-event-store.ts';
export type { StoreObserver } from './store-observer.ts';
export type { LeaseTable } from './leases.ts';
export { defaultLeaseTerms, LeaseKeeper } from './leases.ts';
export type {
  FoundStream,
  LaneBatch,
  LaneHead,
  LaneStorage,
  LaneCommands,
  CommandClaim,
  LaneStanding,
  LaneTransaction,
  LockedLane,
  PublishedMark,
  StorageListener,
  StoredCommand,
  WantedStream,
} from './storage.ts';
export { ComparedClock, type ComparedClockOptions, StorageClock } from './storage-clock.ts';
export { createEventStoreTables, eventStoreMigrations } from './migrations/event-store-migrations.ts';
export type { OpenedEventStore } from './postgres/postgres-event-store.ts';
export {
  connectionsOf,
  laneConnections,
  openPostgresEventStore,
  storedLanes,
} from './postgres/postgres-event-store.ts';
export { type ForeignWrites, type ProjectedEvents, writeForeign } from './postgres/foreign-writes.ts';
export { writeProjection, writeProjectionOfLanes } from './postgres/lane-transaction.ts';
export { SilentConnections } from './postgres/silent-connections.ts';
export { inTransaction } from './postgres/transaction.ts';
export { ownDeletes } from './postgres/watched-tables.ts';
export { InMemoryLog } from './in-memory/in-memory-log.ts';
export { InMemoryLeases, InMemoryStorage } from './in-memory/in-memory-storage.ts';
export type { ForeignProjectionDefinition, DataDefinition } from './data-definition.ts';
export type { MaintenanceOptions, Progress } from './maintenance/progress.ts';
export { checkMarks, resetMark, type WrongMark } from './maintenance/check-marks.ts';
export { digestOf, type TableDigest } from './maintenance/digest.ts';
export { rebuildProjections } from './maintenance/rebuild-projections.ts';
export { rebuildForeignProjection } from './maintenance/rebuild-foreign-projection.ts';
export { type Restored, restoreService } from './maintenance/restore-service.ts';
export { skipEvent } from './maintenance/skip-event.ts';
export type { UnreadableFound } from './maintenance/unreadable-found.ts';
export { republishService } from './maintenance/republish-service.ts';
export { type LaneVerified, verifyTopic } from './maintenance/verify-topic.ts';
export { retireEvents, type Retired } from './maintenance/retire-events.ts';
export { compareWithDatabase, type LaneCompared } from './maintenance/compare-database.ts';
export { readLane as readLaneRecords, partitionsOf as topicPartitions } from './maintenance/read-lane.ts';
export type { LaneRestored } from './maintenance/restore-lane.ts';
export { storedStream } from './maintenance/stored-stream.ts';
export { endOfLane } from './lane-end.ts';

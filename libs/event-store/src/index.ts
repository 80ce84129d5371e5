export type { ChainedEvent, EventLog, LogRecord, PartitionEnds, ReadOptions, TopicSettings } from './event-log.ts';
export { LogUnavailable, OffsetOutOfRange } from './event-log.ts';
export type { Command, Outcome, Streams } from './command.ts';
export {
  EventsRetired,
  IdempotencyKeyReused,
  LaneStopped,
  Overloaded,
  StoreUnavailable,
  StreamUnreadable,
} from './command.ts';
export type { Collectors, Projection, SqlClient, SqlWriter } from './projection.ts';
export { onEach, wantsType } from './projection.ts';
export { EventStore } from './event-store.ts';
export type { CommittedBatch } from './lane-options.ts';
export { laneEventOf } from './lane-record.ts';
export { Batcher } from './batcher.ts';
export { skippedBy } from './fold-stream.ts';
export { recordedEvent } from './recorded-event.ts';
export { defaultLimits, type EventStoreLimits } from './event-store-limits.ts';
export { LanedEventStore } from './laned-event-store.ts';
export type { StoreObserver } from './store-observer.ts';
export type { Lease, LeaseListener, LeaseTable, LeaseTerms } from './leases.ts';
export { defaultLeaseTerms, LeaseKeeper } from './leases.ts';
export type { LaneTrouble } from './lane-end.ts';
export type {
  FoundStream,
  LaneBatch,
  LaneHead,
  LaneStorage,
  LaneCommands,
  LaneStanding,
  LaneTransaction,
  LockedLane,
  PublishedMark,
  StorageListener,
  StoredCommand,
  StreamState,
  WantedStream,
} from './storage.ts';
export { RowsLost, TablesGone, UnwritableBatch } from './storage.ts';
export { ComparedClock, type ComparedClockOptions, defaultMaxClockSkewMs, StorageClock } from './storage-clock.ts';
export { createEventStoreTables, eventStoreMigrations } from './migrations/event-store-migrations.ts';
export type { OpenedEventStore, PostgresEventStoreOptions } from './postgres/postgres-event-store.ts';
export { connectionsOf, laneConnections, openPostgresEventStore } from './postgres/postgres-event-store.ts';
export { writeProjection } from './postgres/lane-transaction.ts';
export { SilentConnections } from './postgres/silent-connections.ts';
export { inTransaction } from './postgres/transaction.ts';
export { ownDeletes } from './postgres/watched-tables.ts';
export { InMemoryLog } from './in-memory/in-memory-log.ts';
export { type BreakPoint, InMemoryLeases, InMemoryStorage } from './in-memory/in-memory-storage.ts';
export type { ForeignProjectionDefinition, DataDefinition } from './data-definition.ts';
export type { MaintenanceOptions, Progress } from './maintenance/progress.ts';
export {
  checkMarks,
  type MarkCheckOptions,
  resetMark,
  type StoredMark,
  type WrongMark,
} from './maintenance/check-marks.ts';
export { digestOf, type TableDigest } from './maintenance/digest.ts';
export { rebuildProjections, type Rebuilt, type RebuildOptions } from './maintenance/rebuild-projections.ts';
export { type ForeignRebuildOptions, rebuildForeignProjection } from './maintenance/rebuild-foreign-projection.ts';
export {
  type Restored,
  type RestoreOptions,
  restoreService,
  type SubscribedProjection,
} from './maintenance/restore-service.ts';
export { type Skipped, skipEvent, type SkipOptions } from './maintenance/skip-event.ts';
export type { UnreadableFound } from './maintenance/unreadable-found.ts';
export { type Republished, type RepublishOptions, republishService } from './maintenance/republish-service.ts';
export { type LaneVerified, type VerifyOptions, verifyTopic } from './maintenance/verify-topic.ts';
export type { KindOf } from './maintenance/fold-states.ts';
export { type LaneRetired, retireEvents, type Retired, type RetireOptions } from './maintenance/retire-events.ts';
export { compareWithDatabase, type LaneCompared } from './maintenance/compare-database.ts';
export { readLane as readLaneRecords, partitionsOf as topicPartitions } from './maintenance/read-lane.ts';
export type { LaneRestored } from './maintenance/restore-lane.ts';
export { storedStream } from './maintenance/stored-stream.ts';
export { endOfLane } from './lane-end.ts';

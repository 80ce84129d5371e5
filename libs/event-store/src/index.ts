export type { ChainedEvent, EventLog, LogRecord, ReadOptions, TopicSettings } from './event-log.ts';
export { LogUnavailable, OffsetOutOfRange } from './event-log.ts';
export type { Command, Outcome, Streams } from './command.ts';
export { IdempotencyKeyReused, LaneStopped, Overloaded, StoreUnavailable } from './command.ts';
export type { Projection, SqlClient } from './projection.ts';
export { EventStore } from './event-store.ts';

/**
 * Postgres' side of the event store, for tools with direct access to its tables: benchmarks and
 * maintenance.
 */
export { acrossLanes, inAllLanes } from './across-lanes.ts';
export { type AuditedEvent, type AuditPlace, AuditTrail } from './audit-trail.ts';
export { byteaArray, hexArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts';
export { eventsBetweenStoredStates } from '../batch-work.ts';
export { eventArrays, eventColumns, eventOfRow, type EventRow, eventUnnest } from './event-rows.ts';
export { type DeclaredTable, declaredTables, lanesOf, putLanesApart, tableFaults } from './table-kinds.ts';
export { storeTables } from './watched-tables.ts';

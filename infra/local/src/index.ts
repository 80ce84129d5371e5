/**
 * Tokengrid's embedded stack, for programs: starts all of it, or Kafka and Postgres alone, and
 * finds running ones.
 */
export { Cable } from './cable.ts';
export { resolveHome } from './home.ts';
export { startKafka } from './kafka.ts';
export type { Kafka } from './kafka.ts';
export { openLendingDesk } from './lending/desk.ts';
export { deskVariable } from './lending/loan.ts';
export type { PartHandle } from './open-part.ts';
export { startPostgres } from './postgres.ts';
export type { Postgres } from './postgres.ts';
export { serviceNodeOptions, services } from './services.ts';
export { readRunFile } from './run-file.ts';
export type { RunFile } from './run-file.ts';
export { startStack } from './supervisor.ts';
export type { Stack } from './supervisor.ts';

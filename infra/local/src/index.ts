/** Tokengrid's embedded stack, for programs: start all of it, or Kafka and Postgres alone, and find what runs. */
export { Cable } from './cable.ts';
export { runCommand } from './commands.ts';
export { resolveHome } from './home.ts';
export { startKafka } from './kafka.ts';
export type { Kafka, KafkaOptions } from './kafka.ts';
export type { PartHandle, PartOptions } from './open-part.ts';
export { PaymentSandbox } from './payment-sandbox/payment-sandbox.ts';
export type { PaymentSandboxOptions } from './payment-sandbox/payment-sandbox.ts';
export { startPostgres } from './postgres.ts';
export type { Postgres, PostgresOptions } from './postgres.ts';
export type { ServiceAddress } from './services.ts';
export { serviceNodeOptions, services } from './services.ts';
export { readRunFile } from './run-file.ts';
export type { RunFile } from './run-file.ts';
export { startStack } from './supervisor.ts';
export type { Stack, StackOptions } from './supervisor.ts';

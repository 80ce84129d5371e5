export { KafkaLog } from './kafka-log.ts';
export type { KafkaLogOptions } from './kafka-log.ts';
export { KafkaRefusal } from './kafka-errors.ts';
export type { LogWarnings } from './broker.ts';
export { UnreadableBatch } from './record-batch-reader.ts';
export { PartitionOutOfRange } from './tailing-log.ts';
export type { Tail, TailingLog } from './tailing-log.ts';

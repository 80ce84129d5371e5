export { KafkaLog } from './kafka/kafka-log.ts';
export type { KafkaLogOptions } from './kafka/kafka-log.ts';
export { KafkaRefusal } from './kafka/kafka-errors.ts';
export type { LogWarnings } from './kafka/broker.ts';
export { Seal } from './kafka/seal.ts';
export { PartitionOutOfRange, UnreadableBatch } from './tailing-log.ts';
export type { Tail, TailingLog } from './tailing-log.ts';
export { type EventBusOptions, EventBusServer } from './event-bus-server.ts';
export { eventBusTransport, Policy } from './policy.ts';
export { type ForeignProjection, projectionSubscriber } from './subscribers/foreign-projection.ts';
export type { PolicyDefinition } from './subscribers/policy-handler.ts';
export { Reaction } from './subscribers/reaction.ts';
export { type LaneMark, readLane, type Reading } from './subscribers/lane-mark.ts';
export {
  defaultSubscriberLimits,
  type SubscriberLimits,
  type SubscriberObserver,
} from './subscribers/subscriber-options.ts';

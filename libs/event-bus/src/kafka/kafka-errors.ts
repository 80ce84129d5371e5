import { LogUnavailable } from '@tokengrid/event-store';
import { createErrorFromCode } from './kafkajs.ts';

/** Kafka answered, and trying the same again will not change the answer: not allowed, too large, malformed. */
export class KafkaRefusal extends Error {
  override readonly name = 'KafkaRefusal';
}

/** Kafka's own trouble; here also for a partition that an answer leaves out. */
export const unknownServerError = -1;
export const noError = 0;
export const offsetOutOfRange = 1;
export const unknownTopicOrPartition = 3;
export const topicAlreadyExists = 36;
/** Passing troubles that kafkajs's table calls final. */
const passing: readonly number[] = [unknownServerError, 8 /* BROKER_NOT_AVAILABLE */];

/** The error for an error code that came in answer to `what`: passing troubles are `LogUnavailable`. */
export function errorOfCode(code: number, what: string): LogUnavailable | KafkaRefusal {
  const { type, message, retriable } = createErrorFromCode(code);
  const text = `${what}: ${type} (${code}): ${message}`;
  return retriable || passing.includes(code) ? new LogUnavailable(text) : new KafkaRefusal(text);
}

import { LogUnavailable } from '@tokengrid/event-store';
import { createErrorFromCode } from './kafkajs.ts';

/** A final refusal by Kafka, which a retry won't change: not allowed, too large, malformed. */
export class KafkaRefusal extends Error {
  override readonly name = 'KafkaRefusal';
}

/** Kafka's own fault; also used for a partition that an answer leaves out. */
export const unknownServerError = -1;
export const noError = 0;
export const offsetOutOfRange = 1;
export const unknownTopicOrPartition = 3;
export const topicAlreadyExists = 36;
/** Transient errors that kafkajs's table calls final. */
const passing: readonly number[] = [unknownServerError, 8 /* BROKER_NOT_AVAILABLE */];

/** Error for an error code in the answer to `what`: a transient one is `LogUnavailable`. */
export function errorOfCode(code: number, what: string): LogUnavailable | KafkaRefusal {
  const { type, message, retriable } = createErrorFromCode(code);
  const text = `${what}: ${type} (${code}): ${message}`;
  return retriable || passing.includes(code) ? new LogUnavailable(text) : new KafkaRefusal(text);
}

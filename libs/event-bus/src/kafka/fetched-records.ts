import type { FetchedPartition } from './fetch-request.ts';
import { errorOfCode, noError, offsetOutOfRange } from './kafka-errors.ts';
import { decodeRecordBatches } from './record-batch-reader.ts';
import type { DecodedRecords } from './record-batch-reader.ts';
import { PartitionOutOfRange } from '../tailing-log.ts';

/**
 * Decoded records of a partition's fetch.
 * @throws PartitionOutOfRange, LogUnavailable, KafkaRefusal, UnreadableBatch
 */
export function recordsOf(topic: string, fetched: FetchedPartition, from: number): DecodedRecords {
  const { partition, errorCode, batches } = fetched;
  if (errorCode === offsetOutOfRange) throw new PartitionOutOfRange(topic, partition, from);
  if (errorCode !== noError) throw errorOfCode(errorCode, `fetch from ${topic}/${partition}`);
  return decodeRecordBatches(batches, from, { topic, partition });
}

import { apis } from './broker-connection.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { errorOfCode, noError } from './kafka-errors.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Fetched data of one partition: an error code, or encoded record batches. */
export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly batches: Buffer;
}

export interface FetchLimits {
  /** Maximum size of the whole answer. A larger first batch comes whole nevertheless. */
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

const noReplica = -1;
const unknownEpoch = -1;
/**
 * Kafka's "read uncommitted": all records. Ours are never in a transaction, and an open foreign one
 * must not block readers.
 */
const allRecords = 0;
const noSession = { id: 0, epoch: -1 };

/**
 * Reads several partitions of a topic from their leader, each from its offset, in one Fetch
 * request, which waits for the first new record of any. Kafka fills the answer in the order of the
 * partitions.
 * @throws LogUnavailable, KafkaRefusal
 */
export async function fetchRecords(
  connection: BrokerConnection,
  topic: string,
  positions: ReadonlyMap<number, number>,
  { maxBytes, maxWaitMs }: FetchLimits,
): Promise<FetchedPartition[]> {
  const body = new WireWriter().int32(noReplica).int32(maxWaitMs).int32(1).int32(maxBytes).int8(allRecords);
  body.int32(noSession.id).int32(noSession.epoch);
  body.int32(1).string(topic).int32(positions.size);
  for (const [partition, offset] of positions)
    body.int32(partition).int32(unknownEpoch).int64(offset).int64(unknownEpoch).int32(maxBytes);
  body.int32(0).string('');
  return readAnswer(connection, topic, await connection.request(apis.fetch, body.pieces(), maxWaitMs));
}

function readAnswer(connection: BrokerConnection, topic: string, answer: Buffer): FetchedPartition[] {
  const reader = new WireReader(answer);
  connection.throttle(reader.int32());
  const code = reader.int16();
  if (code !== noError) throw errorOfCode(code, `fetch from ${topic}`);
  reader.int32(); // session id
  const partitions: FetchedPartition[] = [];
  reader.each(() => {
    reader.string();
    reader.each(() => partitions.push(readPartition(reader)));
  });
  return partitions;
}

function readPartition(reader: WireReader): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  reader.int64(); // high watermark
  reader.int64(); // last stable offset
  reader.int64(); // log start offset
  reader.each(() => {
    reader.int64(); // an aborted transaction's producer
    reader.int64(); // and first offset
  });
  reader.int32(); // preferred replica
  return { partition, errorCode, batches: reader.bytes() };
}

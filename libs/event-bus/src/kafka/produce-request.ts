import { apis } from './broker-connection.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { unknownServerError } from './kafka-errors.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** A record batch and its destination. */
export interface BatchToProduce {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

/** A broker's answer for a batch: an error code, and the offset of its first record. */
export interface Produced {
  readonly code: number;
  readonly baseOffset: number;
}

const allInSyncReplicas = -1;

/**
 * Sends batches of different partitions of one leader in one Produce request, acknowledged by all
 * in-sync replicas.
 * @returns the results in the order given
 * @throws LogUnavailable
 */
export async function produce(
  connection: BrokerConnection,
  batches: readonly BatchToProduce[],
  ackTimeoutMs: number,
): Promise<Produced[]> {
  const body = new WireWriter().nullString().int16(allInSyncReplicas).int32(ackTimeoutMs);
  const topics = new Set(batches.map(({ topic }) => topic));
  body.int32(topics.size);
  for (const name of topics) {
    const ofTopic = batches.filter(({ topic }) => topic === name);
    body.string(name).int32(ofTopic.length);
    for (const { partition, batch } of ofTopic) body.int32(partition).bytes(batch);
  }
  const answers = readAnswers(connection, await connection.request(apis.produce, body.pieces()));
  const none = { code: unknownServerError, baseOffset: 0 };
  return batches.map(({ topic, partition }) => answers.get(`${topic}/${partition}`) ?? none);
}

function readAnswers(connection: BrokerConnection, answer: Buffer): Map<string, Produced> {
  const answers = new Map<string, Produced>();
  const reader = new WireReader(answer);
  reader.each(() => {
    const topic = reader.string();
    reader.each(() => {
      const partition = reader.int32();
      answers.set(`${topic}/${partition}`, { code: reader.int16(), baseOffset: reader.int64() });
      reader.int64(); // append time
      reader.int64(); // log start offset
    });
  });
  connection.throttle(reader.int32());
  return answers;
}

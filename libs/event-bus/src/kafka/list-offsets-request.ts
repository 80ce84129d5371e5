import type { PartitionEnds } from '@tokengrid/event-store';
import { apis } from './broker-connection.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { errorOfCode, noError, unknownServerError } from './kafka-errors.ts';
import { requests } from './kafkajs.ts';

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly offset: string;
    }[];
  }[];
}

const earliest = -2;
const latest = -1;
/** All records count, as in `fetchRecords`. */
const readUncommitted = 0;

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * First and next offset of each partition, from their leader. Two requests, because Kafka takes a
 * partition once in each.
 * @throws LogUnavailable, KafkaRefusal
 */
export async function endsOfPartitions(
  connection: BrokerConnection,
  partitions: readonly TopicPartition[],
): Promise<readonly (TopicPartition & PartitionEnds)[]> {
  const [firsts, nexts] = await Promise.all([
    offsetsAt(connection, partitions, earliest),
    offsetsAt(connection, partitions, latest),
  ]);
  return partitions.map((place) => ({ ...place, first: firsts.get(nameOf(place))!, next: nexts.get(nameOf(place))! }));
}

async function offsetsAt(
  connection: BrokerConnection,
  asked: readonly TopicPartition[],
  timestamp: number,
): Promise<ReadonlyMap<string, number>> {
  const listOffsets = requests.ListOffsets.protocol({ version: apis.listOffsets.version });
  const topics = [...Map.groupBy(asked, ({ topic }) => topic)].map(([topic, places]) => ({
    topic,
    partitions: places.map(({ partition }) => ({ partition, timestamp })),
  }));
  const { responses } = await connection.send<ListOffsetsAnswer>(
    listOffsets({ isolationLevel: readUncommitted, topics }),
  );
  const offsets = new Map<string, number>();
  for (const { topic, partitions } of responses) {
    for (const { partition, errorCode, offset } of partitions) {
      const name = nameOf({ topic, partition });
      if (errorCode !== noError) throw errorOfCode(errorCode, `offsets of ${name}`);
      offsets.set(name, Number(offset));
    }
  }
  const missing = asked.map(nameOf).find((name) => !offsets.has(name));
  if (missing !== undefined) throw errorOfCode(unknownServerError, `offsets of ${missing}`);
  return offsets;
}

import { apis } from './broker-connection.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { errorOfCode, noError, unknownServerError } from './kafka-errors.ts';
import { requests } from './kafkajs.ts';

interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly errorCode: number; readonly offset: string }[];
  }[];
}

const earliest = -2;
const latest = -1;
/** All records count, as in `fetchRecords`. */
const readUncommitted = 0;

/** A partition's first offset, and the one that the next record will get, from its leader. @throws LogUnavailable, KafkaRefusal */
export async function endOffsets(
  connection: BrokerConnection,
  topic: string,
  partition: number,
): Promise<{ readonly first: number; readonly next: number }> {
  const offsetAt = async (timestamp: number): Promise<number> => {
    const listOffsets = requests.ListOffsets.protocol({ version: apis.listOffsets.version });
    const topics = [{ topic, partitions: [{ partition, timestamp }] }];
    const answer = await connection.send<ListOffsetsAnswer>(listOffsets({ isolationLevel: readUncommitted, topics }));
    const { errorCode, offset } = answer.responses[0]?.partitions[0] ?? { errorCode: unknownServerError, offset: '-1' };
    if (errorCode !== noError) throw errorOfCode(errorCode, `offsets of ${topic}/${partition}`);
    return Number(offset);
  };
  const [first, next] = await Promise.all([offsetAt(earliest), offsetAt(latest)]);
  return { first, next };
}

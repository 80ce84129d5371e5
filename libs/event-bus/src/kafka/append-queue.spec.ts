import { describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@tokengrid/event-store';
import { AppendQueue } from './append-queue.ts';
import type { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { KafkaRefusal } from './kafka-errors.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

const topic = 'tokengrid.wallet';
const messageTooLarge = 10;
const notLeader = 6;

/**
 * Broker that records the partitions of each Produce request, and answers with the given error
 * codes.
 */
class ScriptedBroker {
  readonly requests: number[][] = [];
  readonly codes = new Map<number, number>();
  readonly queue = new AppendQueue(
    { connection: () => this.connecting.then(() => this.connection) } as unknown as Broker,
    1_000,
  );
  connecting: Promise<void> = Promise.resolve();

  private readonly connection = {
    throttle: () => undefined,
    request: async (_: unknown, body: readonly Buffer[]) => this.answer(partitionsOf(Buffer.concat(body))),
  } as unknown as BrokerConnection;

  append(partition: number, batch = Buffer.alloc(10), timeoutMs = 1_000): Promise<number> {
    return this.queue.append({ topic, partition, batch }, timeoutMs);
  }

  private answer(partitions: number[]): Buffer {
    this.requests.push(partitions);
    const answer = new WireWriter().int32(1).string(topic).int32(partitions.length);
    for (const partition of partitions)
      answer
        .int32(partition)
        .int16(this.codes.get(partition) ?? 0)
        .int64(0)
        .int64(-1)
        .int64(0);
    return Buffer.concat(answer.int32(0).pieces());
  }
}

function partitionsOf(body: Buffer): number[] {
  const reader = new WireReader(body);
  expect([reader.int16(), reader.int16(), reader.int32()]).toEqual([-1, -1, 1_000]);
  const partitions: number[] = [];
  reader.each(() => {
    expect(reader.string()).toBe(topic);
    reader.each(() => {
      partitions.push(reader.int32());
      reader.bytes();
    });
  });
  return partitions;
}

describe('the queue of appends to a broker', () => {
  it('sends what comes in one turn, or while a request is under way, in one request', async () => {
    const broker = new ScriptedBroker();
    const later: Promise<number>[] = [];
    const first = [0, 1, 2].map((lane) => broker.append(lane).then(() => later.push(broker.append(lane + 10))));
    await Promise.all(first);
    await Promise.all(later);
    expect(broker.requests).toEqual([
      [0, 1, 2],
      [10, 11, 12],
    ]);
  });

  it('names a lane once in a request, and keeps the order of its batches', async () => {
    const broker = new ScriptedBroker();
    const order: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].flatMap((name) => [
        broker.append(0).then(() => order.push(name)),
        ...(name === 'b' ? [broker.append(1)] : []),
      ]),
    );
    expect(broker.requests).toEqual([[0, 1], [0], [0]]);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('keeps a request below what a broker takes', async () => {
    const broker = new ScriptedBroker();
    const large = Buffer.alloc(6 << 20);
    await Promise.all([0, 1, 2, 3].map((lane) => broker.append(lane, large)));
    expect(broker.requests).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('tells each lane its own outcome', async () => {
    const broker = new ScriptedBroker();
    broker.codes.set(1, messageTooLarge).set(2, notLeader);
    const outcomes = await Promise.allSettled([0, 1, 2].map((lane) => broker.append(lane)));
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: expect.any(KafkaRefusal) },
      { status: 'rejected', reason: expect.any(LogUnavailable) },
    ]);
  });

  it('never sends what it could not send in time', async () => {
    const broker = new ScriptedBroker();
    let connect = (): void => undefined;
    broker.connecting = new Promise((resolve) => (connect = resolve));
    await expect(broker.append(0, Buffer.alloc(10), 5)).rejects.toThrow('tokengrid.wallet/0: not acknowledged in time');
    connect();
    await broker.append(1);
    expect(broker.requests).toEqual([[1]]);
  });

  it('fails all that wait when there is no connection, and works again once there is', async () => {
    const broker = new ScriptedBroker();
    broker.connecting = Promise.reject(new LogUnavailable('away'));
    const outcomes = await Promise.allSettled([broker.append(0), broker.append(0), broker.append(1)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    broker.connecting = Promise.resolve();
    await broker.append(0);
    expect(broker.requests).toEqual([[0]]);
  });
});

import { headerNames, headerValues } from '@tokengrid/contracts';
import type { ChainedEvent } from '@tokengrid/event-store';
import { crc32c } from './crc32c.ts';
import { batchLayout, batchMagic, lengthCountsFrom } from './record-batch-layout.ts';
import { maxTextBytes, RecordWriter } from './record-writer.ts';
import { type Seal, sealHeader } from './seal.ts';

/**
 * Bytes of a record beside its texts and value: lengths, attributes, deltas and the number of
 * headers.
 */
const maxRecordOverhead = 64;

/**
 * Shared by all batches: writing one is a single synchronous run, and its bytes are copied out at
 * the end.
 */
const writer = new RecordWriter(1 << 20);

/** Encoded header names, length first. */
const encodedNames = [...headerNames, sealHeader].map((name) => {
  const alone = new RecordWriter(maxTextBytes(name));
  alone.text(name);
  return new Uint8Array(alone.bytes.subarray(0, alone.at));
});
const encodedNamesBytes = encodedNames.reduce((sum, { length }) => sum + length, 0);

/**
 * Encodes events as Kafka record batches (format 2, uncompressed): the key is the stream's id, the
 * timestamp the event's time, the headers those of `headerValues`, and the seal if events are
 * sealed.
 *
 * A batch beyond `maxBatchBytes` is split between two commands, so that a topic that ends after a
 * batch holds no half command; only a command larger than a batch is split itself. A single larger
 * event makes a batch of its own, for the broker to judge.
 *
 * kafkajs' encoder takes several times as long for such a message, and would limit the relay.
 */
export function encodeRecordBatches(
  events: readonly ChainedEvent[],
  maxBatchBytes: number,
  seal?: Pick<Seal, 'of'>,
): Buffer[] {
  const batches: Buffer[] = [];
  for (let next = 0; next < events.length;) {
    const first = next;
    const baseTime = events[first]!.event.time;
    writer.at = batchLayout.records;
    /** Start of the last command, behind the first one: the place of a split. */
    let began: { readonly next: number; readonly at: number } | undefined;
    for (; next < events.length; next++) {
      const start = { next, at: writer.at };
      if (next > first && events[next]!.event.commandId !== events[next - 1]!.event.commandId) began = start;
      writeRecord(events[next]!, next - first, baseTime, seal?.of(events[next]!.event.hash));
      if (writer.at > maxBatchBytes && next > first) {
        ({ next, at: writer.at } = began ?? start);
        break;
      }
    }
    const times = events.slice(first, next).map(({ event }) => event.time);
    batches.push(
      finishBatch(
        next - first,
        baseTime,
        times.reduce((latest, time) => Math.max(latest, time)),
      ),
    );
  }
  return batches;
}

function writeRecord(
  { event, previousHash }: ChainedEvent,
  offsetDelta: number,
  baseTime: number,
  seal: string | undefined,
): void {
  const values = [...headerValues(event, previousHash), seal];
  let room = maxRecordOverhead + maxTextBytes(event.streamId) + event.value.length + encodedNamesBytes;
  let headers = 0;
  for (const value of values) {
    if (value === undefined) continue;
    room += maxTextBytes(value);
    headers += 1;
  }
  writer.reserve(room);
  writer.lengthPrefixed(() => {
    writer.byte(0);
    writer.varint(event.time - baseTime);
    writer.varint(offsetDelta);
    writer.text(event.streamId);
    writer.value(event.value);
    writer.varint(headers);
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (value === undefined) continue;
      writer.raw(encodedNames[index]!);
      writer.text(value);
    }
  });
}

/**
 * Fills in the fields before the records. The broker sets base offset and leader epoch; there is no
 * producer id.
 */
function finishBatch(count: number, baseTime: number, maxTime: number): Buffer {
  const batch = Buffer.from(writer.bytes.subarray(0, writer.at));
  batch.writeBigInt64BE(0n, batchLayout.baseOffset);
  batch.writeInt32BE(batch.length - lengthCountsFrom, batchLayout.length);
  batch.writeInt32BE(-1, batchLayout.partitionLeaderEpoch);
  batch.writeInt8(batchMagic, batchLayout.magic);
  batch.writeInt16BE(0, batchLayout.attributes);
  batch.writeInt32BE(count - 1, batchLayout.lastOffsetDelta);
  batch.writeBigInt64BE(BigInt(baseTime), batchLayout.baseTimestamp);
  batch.writeBigInt64BE(BigInt(maxTime), batchLayout.maxTimestamp);
  batch.writeBigInt64BE(-1n, batchLayout.producerId);
  batch.writeInt16BE(-1, batchLayout.producerEpoch);
  batch.writeInt32BE(-1, batchLayout.baseSequence);
  batch.writeInt32BE(count, batchLayout.recordCount);
  batch.writeUInt32BE(crc32c(batch, batchLayout.attributes), batchLayout.crc);
  return batch;
}

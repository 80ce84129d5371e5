import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { headersOf } from '@tokengrid/contracts';
import type { ChainedEvent, LogRecord } from '@tokengrid/event-store';
import fc from 'fast-check';
import { anyChainedEvents, chainedEvents } from '../chained-events.fixture.ts';
import { crc32c } from './crc32c.ts';
import { batchLayout, lengthCountsFrom } from './record-batch-layout.ts';
import { UnreadableBatch } from '../tailing-log.ts';
import { decodeRecordBatches } from './record-batch-reader.ts';
import { encodeRecordBatches } from './record-batch-writer.ts';

const noLimit = 1 << 30;
const source = { topic: 'tokengrid.wallet', partition: 3 };

/** Encodes one batch at an offset, as the broker would store it. */
function batchAt(baseOffset: number, events: readonly ChainedEvent[]): Buffer {
  const [batch] = encodeRecordBatches(events, noLimit) as [Buffer];
  batch.writeBigInt64BE(BigInt(baseOffset), batchLayout.baseOffset);
  return batch;
}

function recordOf({ event, previousHash }: ChainedEvent, offset: number): LogRecord {
  return {
    offset,
    key: event.streamId.toWellFormed(),
    headers: Object.fromEntries(headersOf(event, previousHash).map(([name, value]) => [name, value.toWellFormed()])),
    value: event.value,
  };
}

/** Changes a batch's attributes and records, and corrects length and checksum. */
function forge(batch: Buffer, attributes: number, records: Buffer): Buffer {
  const forged = Buffer.concat([batch.subarray(0, batchLayout.records), records]);
  forged.writeInt16BE(attributes, batchLayout.attributes);
  forged.writeInt32BE(forged.length - lengthCountsFrom, batchLayout.length);
  forged.writeUInt32BE(crc32c(forged, batchLayout.attributes), batchLayout.crc);
  return forged;
}

describe('record batches', () => {
  it('give back any events, with their keys, headers and values', () => {
    fc.assert(
      fc.property(anyChainedEvents, fc.nat(), (events, baseOffset) => {
        expect(decodeRecordBatches(batchAt(baseOffset, events), baseOffset, source)).toEqual({
          records: events.map((event, index) => recordOf(event, baseOffset + index)),
          next: baseOffset + events.length,
        });
      }),
    );
  });

  it('state the time that the others count from, the latest one, and how many records there are', () => {
    const times = [5_000, 9_000, 7_000];
    const batch = batchAt(
      0,
      chainedEvents(3, (index) => ({ time: times[index]! })),
    );
    expect(batch.readBigInt64BE(batchLayout.baseTimestamp)).toBe(5_000n);
    expect(batch.readBigInt64BE(batchLayout.maxTimestamp)).toBe(9_000n);
    expect(batch.readInt32BE(batchLayout.lastOffsetDelta)).toBe(2);
    expect(batch.readInt32BE(batchLayout.recordCount)).toBe(3);
  });

  it('are as many as the size limit demands, each below it', () => {
    const events = chainedEvents(100);
    const batches = encodeRecordBatches(events, 10_000);
    expect(batches.length).toBeGreaterThan(5);
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(10_000);
    const values = batches.flatMap((batch) =>
      decodeRecordBatches(batch, 0, source).records.map(({ headers }) => headers),
    );
    expect(values).toEqual(events.map((event) => recordOf(event, 0).headers));
  });

  it('are cut between two commands, and inside one only if it is larger than a batch', () => {
    const sizes = [3, 3, 2, 9, 1];
    const commands = sizes.flatMap((size, command) => Array<string>(size).fill(`command ${command}`));
    const events = chainedEvents(commands.length, (index) => ({ commandId: commands[index]! }));
    const [five] = encodeRecordBatches(events.slice(13), noLimit);
    const batches = encodeRecordBatches(events, five!.length);
    expect(batches.map((batch) => batch.readInt32BE(batchLayout.recordCount))).toEqual([3, 5, 5, 5]);
  });

  it('hold an event that is larger than the limit alone', () => {
    const events = chainedEvents(3, (index) => ({ value: Buffer.alloc(index === 1 ? 20_000 : 10) }));
    expect(encodeRecordBatches(events, 10_000).map((batch) => batch.readInt32BE(batchLayout.recordCount))).toEqual([
      1, 1, 1,
    ]);
  });

  it('are none for no events', () => expect(encodeRecordBatches([], noLimit)).toEqual([]));
});

describe('a fetched run of record batches', () => {
  const events = chainedEvents(10);
  const run = Buffer.concat([batchAt(40, events.slice(0, 4)), batchAt(44, events.slice(4))]);
  const offsets = (bytes: Buffer, from: number) => {
    const { records, next } = decodeRecordBatches(bytes, from, source);
    return { offsets: records.map(({ offset }) => offset), next };
  };

  it('is read from the offset asked for, in the middle of a batch too', () => {
    expect(offsets(run, 42)).toEqual({ offsets: [42, 43, 44, 45, 46, 47, 48, 49], next: 50 });
    expect(offsets(run, 47)).toEqual({ offsets: [47, 48, 49], next: 50 });
  });

  it('ends before a batch that was cut off, wherever that was', () => {
    const first = batchAt(40, events.slice(0, 4)).length;
    for (let length = first; length < run.length; length++)
      expect(offsets(run.subarray(0, length), 40)).toEqual({ offsets: [40, 41, 42, 43], next: 44 });
  });

  it("has Kafka's own records as empty ones, so that nobody waits for more before the end", () => {
    const control = batchAt(44, events.slice(4, 5));
    const marked = forge(control, 0x30, control.subarray(batchLayout.records));
    const empty = { offset: 44, key: undefined, headers: {}, value: null };
    expect(decodeRecordBatches(marked, 44, source)).toEqual({ records: [empty], next: 45 });
    expect(offsets(Buffer.concat([batchAt(40, events.slice(0, 4)), marked]), 40)).toEqual({
      offsets: [40, 41, 42, 43, 44],
      next: 45,
    });
  });

  it.each([
    ['gzip', 1, gzipSync],
    ['zstd', 4, zstdCompressSync],
  ])('is read if another producer compressed it with %s', (_, codec, compress) => {
    const batch = batchAt(0, events);
    const compressed = forge(batch, codec, compress(batch.subarray(batchLayout.records)));
    expect(decodeRecordBatches(compressed, 0, source)).toEqual(decodeRecordBatches(batch, 0, source));
  });

  it('is refused with the place and the reason if it can not be read', () => {
    const batch = batchAt(7, events);
    const records = batch.subarray(batchLayout.records);
    const refusal = (bytes: Buffer) => {
      try {
        return decodeRecordBatches(bytes, 0, source);
      } catch (error) {
        if (!(error instanceof UnreadableBatch)) throw error;
        expect(error).toMatchObject({ ...source, offset: 7 });
        return error.message;
      }
    };
    const damaged = Buffer.from(batch);
    damaged[damaged.length - 1]! ^= 1;
    const ancient = Buffer.from(batch);
    ancient[batchLayout.magic] = 1;
    const place = 'tokengrid.wallet/3: the batch at offset 7';
    expect(refusal(damaged)).toBe(`${place} is damaged: its checksum does not match`);
    expect(refusal(ancient)).toBe(`${place} has the unknown format 1`);
    expect(refusal(forge(batch, 2, records))).toBe(`${place} is compressed with snappy, which is not supported`);
    expect(refusal(forge(batch, 1, records))).toBe(`${place} could not be decompressed`);
    expect(refusal(forge(batch, 0, records.subarray(0, 500)))).toBe(`${place} holds a malformed record`);
    expect(refusal(forge(batch, 0, Buffer.alloc(50, 0xff)))).toBe(`${place} holds a malformed record`);
  });
});

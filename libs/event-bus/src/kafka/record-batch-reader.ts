import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { LogRecord } from '@tokengrid/event-store';
import { type PartitionName, UnreadableBatch } from '../tailing-log.ts';
import { crc32c } from './crc32c.ts';
import { batchLayout, batchMagic, lengthCountsFrom } from './record-batch-layout.ts';
import { RecordReader } from './record-reader.ts';

export interface DecodedRecords {
  readonly records: readonly LogRecord[];
  /** Offset after everything decoded. */
  readonly next: number;
}

const compressionMask = 0x07;
const controlMask = 0x20;
/** Maximum size of a decompressed batch: several times a topic's limit for an uncompressed one. */
const maxDecompressedBytes = 64 << 20;

/**
 * Decodes the record batches of a fetch response. Leaves out records before `from`, which share a
 * batch with later ones, and a batch that the response's size limit has cut off. Kafka's own
 * records are empty: whoever reads up to a partition's end has to see that something is there.
 * Values are views of `bytes`.
 * @throws UnreadableBatch
 */
export function decodeRecordBatches(bytes: Buffer, from: number, source: PartitionName): DecodedRecords {
  const records: LogRecord[] = [];
  let next = from;
  for (let start = 0; start + batchLayout.records <= bytes.length;) {
    const end = start + lengthCountsFrom + bytes.readInt32BE(start + batchLayout.length);
    if (end > bytes.length) break;
    const batch = bytes.subarray(start, end);
    const baseOffset = Number(batch.readBigInt64BE(batchLayout.baseOffset));
    checkBatch(batch, baseOffset, source);
    const after = baseOffset + batch.readInt32BE(batchLayout.lastOffsetDelta) + 1;
    const isControl = (batch.readInt16BE(batchLayout.attributes) & controlMask) !== 0;
    if (after > next)
      if (isControl) records.push(emptyAt(after - 1));
      else records.push(...recordsOfBatch(batch, baseOffset, source).filter(({ offset }) => offset >= from));
    next = Math.max(next, after);
    start = end;
  }
  return { records, next };
}

const emptyAt = (offset: number): LogRecord => ({ offset, key: undefined, headers: {}, value: null });

function checkBatch(batch: Buffer, baseOffset: number, source: PartitionName): void {
  const magic = batch.readInt8(batchLayout.magic);
  if (magic !== batchMagic) throw new UnreadableBatch(source, baseOffset, `has the unknown format ${magic}`);
  if (crc32c(batch, batchLayout.attributes) !== batch.readUInt32BE(batchLayout.crc))
    throw new UnreadableBatch(source, baseOffset, 'is damaged: its checksum does not match');
}

function recordsOfBatch(batch: Buffer, baseOffset: number, source: PartitionName): LogRecord[] {
  const count = batch.readInt32BE(batchLayout.recordCount);
  const reader = new RecordReader(uncompressed(batch, baseOffset, source));
  const records: LogRecord[] = [];
  try {
    for (let index = 0; index < count; index++) records.push(reader.record(baseOffset));
  } catch (cause) {
    throw new UnreadableBatch(source, baseOffset, 'holds a malformed record', { cause });
  }
  return records;
}

/** Records of a batch, decompressed. Ours are never compressed; foreign ones may be. */
function uncompressed(batch: Buffer, baseOffset: number, source: PartitionName): Buffer {
  const bytes = batch.subarray(batchLayout.records);
  const limit = { maxOutputLength: maxDecompressedBytes };
  const compression = batch.readInt16BE(batchLayout.attributes) & compressionMask;
  try {
    if (compression === 0) return bytes;
    if (compression === 1) return gunzipSync(bytes, limit);
    if (compression === 4) return zstdDecompressSync(bytes, limit);
  } catch (cause) {
    throw new UnreadableBatch(source, baseOffset, 'could not be decompressed', { cause });
  }
  const name = { 2: 'snappy', 3: 'lz4' }[compression] ?? `the unknown codec ${compression}`;
  throw new UnreadableBatch(source, baseOffset, `is compressed with ${name}, which is not supported`);
}

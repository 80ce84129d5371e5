/**
 * Kafka's record batch, format 2, by the protocol guide: byte positions of the fields from the
 * batch's start. All numbers are big-endian; records follow the fields.
 */
export const batchLayout = {
  baseOffset: 0,
  /** Number of bytes after this field. */
  length: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  /** CRC-32C from `attributes` to the batch's end. */
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const;

/** Position from which `length` counts. */
export const lengthCountsFrom = batchLayout.partitionLeaderEpoch;

/** The only batch format since Kafka 0.11. */
export const batchMagic = 2;

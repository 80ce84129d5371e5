/**
 * Kafka's record batch, format 2, as the protocol guide states it: byte positions of the fields from the batch's start.
 * All numbers are big-endian; records follow the fields.
 */
export const batchLayout = {
  baseOffset: 0,
  /** Bytes after this field. */
  length: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  /** CRC-32C of everything from `attributes` to the batch's end. */
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

/** `length` counts from here. */
export const lengthCountsFrom = batchLayout.partitionLeaderEpoch;

/** The one batch format there is since Kafka 0.11. */
export const batchMagic = 2;

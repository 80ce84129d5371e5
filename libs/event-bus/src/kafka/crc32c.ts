const polynomial = 0x82f63b78;

/** Eight tables: the k-th advances a byte's remainder by k further bytes. */
const tables = Array.from({ length: 8 }, () => new Int32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  tables[0]![byte] = remainder;
}
for (let byte = 0; byte < 256; byte++) {
  let remainder = tables[0]![byte]!;
  for (let ahead = 1; ahead < 8; ahead++) {
    remainder = tables[0]![remainder & 0xff]! ^ (remainder >>> 8);
    tables[ahead]![byte] = remainder;
  }
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/**
 * CRC-32C (Castagnoli, RFC 3720) of `bytes[start, end)`, unsigned, as in Kafka's record batches;
 * Node's zlib has only CRC-32. Eight bytes per step ("slicing by 8") is 3.5 times as fast here as
 * one; sixteen gain little.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t7[crc & 0xff]! ^
      t6[(crc >>> 8) & 0xff]! ^
      t5[(crc >>> 16) & 0xff]! ^
      t4[crc >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = t0[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * Murmur2 over the UTF-8 bytes of a key, as Kafka's default partitioner computes it
 * (org.apache.kafka.common.utils.Utils.murmur2), so that a lane is the partition any Kafka client
 * would choose.
 */
export function murmur2(key: string): number {
  if (isShortAscii(key)) return hashOf(codes, key.length);
  const bytes = encoder.encode(key);
  return hashOf(bytes, bytes.length);
}

const encoder = new TextEncoder();
/** Codes of the key being hashed if it is ASCII, as ids are: a fifth of the time of an encoder. */
const codes = new Uint8Array(128);

function isShortAscii(key: string): boolean {
  if (key.length > codes.length) return false;
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    if (code > 0x7f) return false;
    codes[index] = code;
  }
  return true;
}

function hashOf(bytes: Uint8Array, length: number): number {
  let hash = seed ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let word = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const left = length - index;
  if (left >= 3) hash ^= bytes[index + 2]! << 16;
  if (left >= 2) hash ^= bytes[index + 1]! << 8;
  if (left >= 1) hash = Math.imul(hash ^ bytes[index]!, multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

/** Lane of a stream, equal to the Kafka partition. */
export function laneOf(streamId: string, lanes: number): number {
  return (murmur2(streamId) & 0x7fffffff) % lanes;
}

/** Id of a lane's own stream: the first of `lane-<n>-0`, `lane-<n>-1` … that hashes to the lane. */
export const systemStreamId = (lane: number, lanes: number): string => streamIdIn('lane', lane, lanes);

/** Id of the stream of a lane's skips: `skipped-<n>-0` …, as {@link systemStreamId}. */
export const skippedStreamId = (lane: number, lanes: number): string => streamIdIn('skipped', lane, lanes);

function streamIdIn(prefix: string, lane: number, lanes: number): string {
  for (let attempt = 0; ; attempt++) {
    const id = `${prefix}-${lane}-${attempt}`;
    if (laneOf(id, lanes) === lane) return id;
  }
}

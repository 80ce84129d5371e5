import { createHash } from 'node:crypto';

/** Words of which answers are made. */
const vocabulary = (
  'signal tower packet meter cable river light harbor window garden engine mirror bridge copper valley lantern ' +
  'orbit pocket ribbon saddle timber velvet winter anchor basket candle desert ember feather granite hollow island'
).split(' ');

/** Unit of the model server: a word with the space before it. */
const unit = /\s*\S+/g;

/** Number of units of a text. */
export const unitsIn = (text: string): number => text.match(unit)?.length ?? 0;

/** Bytes that follow from a text alone. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Units that follow from a seed alone: the same prompt has the same answer. */
export function unitsOf(seed: string, count: number): readonly string[] {
  const units: string[] = [];
  for (let block = 0; units.length < count; block++) {
    for (const byte of digestOf(`${block}\n${seed}`)) {
      if (units.length === count) break;
      units.push(`${units.length === 0 ? '' : ' '}${vocabulary[byte % vocabulary.length]}`);
    }
  }
  return units;
}

/** Number of units that an answer has by itself: 16 to 47. */
export const lengthOf = (seed: string): number => 16 + (digestOf(seed)[0]! % 32);

/** A vector of unit length that follows from a text alone. */
export function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let at = 0; at < dimensions; at += 32) {
    const bytes = digestOf(`${at}\n${text}`);
    for (let place = at; place < Math.min(at + 32, dimensions); place++) vector[place] = bytes[place - at]! / 127.5 - 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

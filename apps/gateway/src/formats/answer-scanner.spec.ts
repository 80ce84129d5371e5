import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerScanner } from './answer-scanner.ts';

/** What a scanner finds in a text, in chunks that end at some places. */
function found(text: string, cuts: readonly number[] = []) {
  const [scanner, bytes] = [new AnswerScanner(), Buffer.from(text)];
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < places.length; index++) scanner.push(bytes.subarray(places[index - 1], places[index]));
  return [scanner.usage?.input, scanner.items];
}

const usage = { prompt_tokens: 7, completion_tokens: 2 };

describe('usage in an answer that is not held', () => {
  it('is the outermost one, wherever it is', () => {
    const data = [{ usage: { prompt_tokens: 1 }, embedding: [1, 2] }, { text: '"usage":{"prompt_tokens":3}' }];
    expect(found(JSON.stringify({ usage, data }))).toEqual([7, 2]);
    expect(found(JSON.stringify({ data, a: { usage: 1 }, usage }, undefined, 2))).toEqual([7, 2]);
    expect(found(JSON.stringify({ data: [], usage: null }))).toEqual([undefined, 0]);
    expect(found('{"data":[{},{}],"usage":"none"}')).toEqual([undefined, 2]);
  });

  it('is found in chunks that end anywhere, in any answer', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (more, data, cuts) => {
          const objects = data.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
          const text = JSON.stringify({ ...more, data, usage });
          expect(found(text, cuts)).toEqual([7, objects.length]);
        },
      ),
    ));
});

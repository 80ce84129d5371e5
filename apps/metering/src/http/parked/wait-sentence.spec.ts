import { describe, expect, it } from '@jest/globals';
import { waitSentence } from './wait-sentence.ts';

describe('the reason of a parked use', () => {
  it.each([
    ['party:sub_1', 'waits until the party sub_1 registers'],
    ['model:llama3:70b', 'waits until the model is offered: llama3:70b'],
    ['prices', 'waits until all prices of its time are known'],
    ['offer:qwen', 'waits for a correction: the model qwen has several offers, and the use names none'],
    ['plan:translate:team', 'waits until a version in force has the plan: translate:team'],
    ['constructor:x', 'waits for constructor:x'],
  ])('is a sentence: %s', (waitsFor, sentence) => expect(waitSentence(waitsFor)).toBe(sentence));
});

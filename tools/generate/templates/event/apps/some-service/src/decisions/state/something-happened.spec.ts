import { describe, expect, it } from '@jest/globals';
import { SomethingHappened } from '@tokengrid/contracts';
import { someStream } from './some-stream.ts';

describe('SomethingHappened', () => {
  it('fill in: what it changes in the state', () => {
    const before = someStream.initial;
    expect(someStream.evolve(before, SomethingHappened({ id: 'id' }))).not.toEqual(before);
  });
});

import { describe, expect, it } from '@jest/globals';
import { StreamCache } from './stream-cache.ts';

const stateAt = (revision: number) => ({ revision, storedRevision: revision, state: {} });
const fold = () => stateAt(9);

describe('the states that a lane remembers', () => {
  it('are those that were set last, up to a bound', () => {
    const cache = new StreamCache(2);
    for (const [at, streamId] of ['a', 'b', 'a', 'c'].entries()) cache.set(streamId, stateAt(at), fold);
    expect(['a', 'b', 'c'].map((streamId) => cache.get(streamId)?.revision)).toEqual([2, undefined, 3]);
  });
});

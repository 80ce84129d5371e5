import { describe, expect, it } from '@jest/globals';
import { hasCome } from './past-time.ts';

describe('a time that a caller asks about', () => {
  const clock = { now: () => 1_000_000 };

  it.each([
    ['has come when it is past', 999_999, true],
    ['has come when it is now', 1_000_000, true],
    ['is waited for when it is about to come', 1_000_005, true],
    ['has not come when it is in the future', 1_001_001, false],
  ])('%s', async (_, time, expected) => {
    expect(await hasCome(clock, time)).toBe(expected);
  });
});

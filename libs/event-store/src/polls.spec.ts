import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defaultLimits } from './event-store-limits.ts';
import { Polls, type PollsOptions } from './polls.ts';

describe('polls', () => {
  let looks: number;
  let waitsForOthers: boolean;
  let polls: Polls;

  beforeEach(() => {
    jest.useFakeTimers();
    looks = 0;
    waitsForOthers = false;
    const relay = {
      get waitsForOthers() {
        return waitsForOthers;
      },
      heard: () => undefined,
    };
    polls = new Polls({
      storage: { publishedMark: () => Promise.resolve({ sequence: 0, hash: '', offset: 0 }) },
      limits: defaultLimits,
      relays: [relay] as unknown as PollsOptions['relays'],
      database: { unlessYoungerThan: () => Promise.resolve(void (looks += 1)) } as unknown as PollsOptions['database'],
      topic: { unlessYoungerThan: () => Promise.resolve() } as unknown as PollsOptions['topic'],
      isCompared: () => true,
      troubled: () => [],
      compare: () => Promise.resolve(),
      failed: () => undefined,
    });
    polls.start();
  });
  afterEach(() => {
    polls.stop();
    jest.useRealTimers();
  });

  const passing = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  it('come twenty times a minute while nobody waits for another process', async () => {
    await passing(60_000);
    expect(looks).toBe(20);
  });

  it('come within a quarter of a second for a caller that waits for another process', async () => {
    await passing(1000);
    waitsForOthers = true;
    polls.hurry(0);
    await passing(250);
    expect(looks).toBe(1);
    await passing(1000);
    expect(looks).toBe(5);
  });
});

import { describe, expect, it } from '@jest/globals';
import { PublicationWaiters } from './publication-waiters.ts';

describe('waiting for a publication', () => {
  it('ends for all up to the published sequence, in whatever order they came', async () => {
    const waiters = new PublicationWaiters();
    const [late, early] = [waiters.wait(100), waiters.wait(50)];
    waiters.published(60);
    expect(await early).toBe(true);
    expect(waiters.size).toBe(1);
    waiters.published(100);
    expect(await late).toBe(true);
  });

  it('leaves nothing behind when it takes too long', async () => {
    const waiters = new PublicationWaiters();
    const patient = waiters.wait(2);
    expect(await waiters.wait(1, 5)).toBe(false);
    expect(waiters.size).toBe(1);
    waiters.published(2);
    expect(await patient).toBe(true);
  });
});

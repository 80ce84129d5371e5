import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Repeating } from './repeating.ts';

/** Work that notes when it runs, with its results in turn. */
class Noted {
  readonly at: number[] = [];
  readonly failures: unknown[] = [];
  readonly repeating = new Repeating(
    () => {
      this.at.push(Date.now());
      return this.results.shift() ?? Promise.resolve();
    },
    100,
    (error) => this.failures.push(error),
  );

  constructor(...results: Promise<number | void>[]) {
    this.results = results;
  }

  private readonly results: Promise<number | void>[];
}

describe('repeated work', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  it('runs at once, and with a pause after each run', async () => {
    const noted = new Noted();
    noted.repeating.start();
    await jest.advanceTimersByTimeAsync(250);
    expect(noted.at).toEqual([0, 100, 200]);
  });

  it('runs first after a pause, where it starts later', async () => {
    const noted = new Noted();
    noted.repeating.startLater();
    await jest.advanceTimersByTimeAsync(250);
    expect(noted.at).toEqual([100, 200]);
  });

  it('runs again when the last run wanted, once', async () => {
    const noted = new Noted(Promise.resolve(0), Promise.resolve(10));
    noted.repeating.start();
    await jest.advanceTimersByTimeAsync(150);
    expect(noted.at).toEqual([0, 0, 10, 110]);
  });

  it('goes on after a run that failed, and tells of it', async () => {
    const broken = new Error('broken');
    const failing = Promise.reject<number>(broken);
    failing.catch(() => undefined);
    const noted = new Noted(failing);
    noted.repeating.start();
    await jest.advanceTimersByTimeAsync(150);
    expect(noted).toMatchObject({ at: [0, 100], failures: [broken] });
  });

  it('has ended its run once it is stopped, and runs no more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const noted = new Noted(promise);
    noted.repeating.start();
    let isStopped = false;
    const stopping = noted.repeating.stop().then(() => (isStopped = true));
    await jest.advanceTimersByTimeAsync(500);
    expect([noted.repeating.isStopped, isStopped]).toEqual([true, false]);
    resolve();
    await stopping;
    await jest.advanceTimersByTimeAsync(500);
    expect(noted.at).toEqual([0]);
  });
});

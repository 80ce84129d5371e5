import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type NextRun, Repeating } from './repeating.ts';

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

  constructor(...results: Promise<NextRun>[]) {
    this.results = results;
  }

  private readonly results: Promise<NextRun>[];
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

  it('rests until it is woken, and runs once more if it is woken during a run', async () => {
    const { promise, resolve } = Promise.withResolvers<'rest'>();
    const noted = new Noted(Promise.resolve('rest'), promise, Promise.resolve('rest'));
    noted.repeating.wake();
    noted.repeating.wake();
    await jest.advanceTimersByTimeAsync(1000);
    expect(noted.at).toEqual([100]);
    noted.repeating.wake();
    await jest.advanceTimersByTimeAsync(150);
    noted.repeating.wake();
    resolve('rest');
    await jest.advanceTimersByTimeAsync(1000);
    expect(noted.at).toEqual([100, 1100, 1250]);
  });

  it('ends pauses of a quarter second and more together with others', async () => {
    const at: number[] = [];
    const each = () =>
      new Repeating(
        () => void at.push(Date.now()),
        1000,
        () => undefined,
      );
    await jest.advanceTimersByTimeAsync(300);
    each().startLater();
    await jest.advanceTimersByTimeAsync(500);
    each().startLater();
    await jest.advanceTimersByTimeAsync(2300);
    expect(at).toEqual([1000, 1000, 2000, 2000, 3000, 3000]);
  });
});

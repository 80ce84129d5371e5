import { describe, expect, it } from '@jest/globals';
import { onItsWayMs, PriceHorizon } from './price-horizon.ts';

const minPriceNoticeMs = 60_000;

/** A horizon at times of a clock, with readers that are up to date or not. */
function horizon() {
  const now = { time: 1_000_000, isUpToDate: true as boolean | Error, looks: 0 };
  const readers = {
    isUpToDate: () => {
      now.looks++;
      return now.isUpToDate instanceof Error ? Promise.reject(now.isUpToDate) : Promise.resolve(now.isUpToDate);
    },
  };
  return { now, of: new PriceHorizon(readers, { minPriceNoticeMs }, { now: () => now.time }) };
}

describe('the time up to which no price can be missing', () => {
  it('is the notice after what the readers have, less what is on its way', async () => {
    const { now, of } = horizon();
    expect(await of.pricesKnownUntil()).toBe(now.time - onItsWayMs + minPriceNoticeMs);
  });

  it.each([false, new Error('no answer')])('stands still while the readers are late: %p', async (late) => {
    const { now, of } = horizon();
    const before = await of.pricesKnownUntil();
    now.isUpToDate = late;
    now.time += 5000;
    expect(await of.pricesKnownUntil()).toBe(before);
    now.isUpToDate = true;
    now.time += 5000;
    expect(await of.pricesKnownUntil()).toBe(before + 10_000);
  });

  it('is unknown before anything was read', async () => {
    const { now, of } = horizon();
    now.isUpToDate = false;
    expect(await of.pricesKnownUntil()).toBe(-Infinity);
  });

  it('is looked at once a second, however many ask', async () => {
    const { now, of } = horizon();
    await Promise.all([of.pricesKnownUntil(), of.pricesKnownUntil()]);
    await of.pricesKnownUntil();
    expect(now.looks).toBe(1);
    now.time += 1000;
    await of.pricesKnownUntil();
    expect(now.looks).toBe(2);
  });
});

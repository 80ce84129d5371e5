import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { load } from './latencies.ts';

// A figure without a sample was printed as NaN, and the slowest answers were left out of p99.
it('counts work that outlasts the time for latency, not for the rate', async () => {
  const { count, perSecond, p50, p99 } = await load(2, 0.01, () => delay(50));
  expect({ count, perSecond }).toEqual({ count: 0, perSecond: 0 });
  expect(p50).toBeGreaterThanOrEqual(49);
  expect(p99).toBeGreaterThanOrEqual(p50);
});

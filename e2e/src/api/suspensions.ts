import { expect, it } from '@jest/globals';
import { openSuspended } from '../suspensions/suspended.ts';
import { suspension } from '../suspensions/suspension.ts';
import type { Tokengrid } from './tokengrid.ts';

/** `npm run prove:suspensions` measures the second; this machine may be busy. */
const mostMs = 10_000;

/** Suspensions, as metering takes them. */
export function suspensions(grid: () => Tokengrid): void {
  it('of an app and of an offer end the charges of both processes, and of each at once', async () => {
    for (const suspended of await openSuspended(grid())) {
      const { refusedAfterMs, complaints } = await suspension(grid(), suspended);
      expect(complaints).toEqual([]);
      expect(refusedAfterMs).toBeLessThan(mostMs);
    }
  });
}

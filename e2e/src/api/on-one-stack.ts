import { afterAll, beforeAll, describe } from '@jest/globals';
import { Tokengrid } from './tokengrid.ts';

/**
 * Runs scenarios, by name, on one stack, because most take less time than its start. It has two
 * processes of the wallet and of metering, a price and a capacity.
 */
export function onOneStack(scenarios: Readonly<Record<string, (grid: () => Tokengrid) => void>>): void {
  let started: Tokengrid;
  beforeAll(async () => {
    started = await Tokengrid.start({ metering: 2 });
    await started.openForBusiness();
  }, 240_000);
  afterAll(() => started.stop(), 60_000);
  for (const [name, scenario] of Object.entries(scenarios)) describe(name, () => scenario(() => started));
}

import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { overspending } from './overspending.ts';
import { repeats } from './repeats.ts';
import { replays } from './replays.ts';
import { Tokengrid } from './tokengrid.ts';

/** A stack beside that of the other tests: these take as long as all others together. */
let started: Tokengrid;
const grid = () => started;

jest.setTimeout(120_000);

beforeAll(async () => {
  started = await Tokengrid.start({ metering: 2 });
  await started.openForBusiness();
}, 240_000);
afterAll(() => started.stop(), 60_000);

describe('where there is not enough for all', () => overspending(grid));
describe('uses that are told again', () => replays(grid));
describe('what is sent again', () => repeats(grid));

import { setTimeout as passing } from 'node:timers/promises';
import type { Random } from '../chaos/random.ts';
import { unique } from '../api/parties.ts';
import type { Tokengrid } from '../api/tokengrid.ts';
import { audit, type Audited, dependsOnOrder, differences } from './books.ts';
import { openMarket } from './market.ts';
import type { Use } from './script.ts';
import { tell } from './telling.ts';

/** A telling of the uses, with its books. */
export interface Told extends Audited {
  readonly kills: number;
  readonly milliseconds: number;
}

const lookEveryMs = 250;
/** Longest time in which no amount changes, though some are not as they have to be. */
const stillMs = 60_000;

/** How the uses are told, but for their source and market. */
interface Manner {
  readonly times: number;
  readonly random?: Random;
  readonly kills: boolean;
}

/** Once, in order, to one process. */
export async function tellPlainly(
  grid: Tokengrid,
  uses: readonly Use[],
  payers: number,
  patienceMs = stillMs,
): Promise<Told> {
  await grid.stack.part('metering-2').stop();
  try {
    return await toldBy(grid, uses, payers, { times: 1, kills: false }, patienceMs);
  } finally {
    await grid.stack.part('metering-2').start();
  }
}

/** Each use several times, in any order, to two processes that are killed meanwhile. */
export function tellBadly(
  grid: Tokengrid,
  uses: readonly Use[],
  payers: number,
  random: Random,
  patienceMs = stillMs,
): Promise<Told> {
  return toldBy(grid, uses, payers, { times: 3, random, kills: true }, patienceMs);
}

/** Ends with the books as they have to be, or as they have been for a while. */
async function toldBy(
  grid: Tokengrid,
  uses: readonly Use[],
  payers: number,
  how: Manner,
  patienceMs: number,
): Promise<Told> {
  const market = await openMarket(grid, payers);
  const source = `/replays/${unique('telling')}`;
  const started = performance.now();
  const kills = await tell(grid, uses, { market, source, ...how });
  let before: Audited | undefined;
  let changedAt = performance.now();
  for (;;) {
    const audited = await audit(grid, uses, market, source);
    const isDone = audited.open === 0 && differences(audited.found, audited.expected).length === 0;
    if (!before || before.open !== audited.open || differences(audited.found, before.found).length > 0) {
      before = audited;
      changedAt = performance.now();
    }
    if (isDone || performance.now() - changedAt > patienceMs) {
      return { ...audited, kills, milliseconds: performance.now() - started };
    }
    await passing(lookEveryMs);
  }
}

/** Faults of a telling: against the prices, and against another telling of the same uses. */
export function faults({ found, expected, open }: Told, reference?: Told): string[] {
  const isEqual = (line: string) => !dependsOnOrder(line);
  return [
    ...(open === 0 ? [] : [`${open} charges are not billed`]),
    ...differences(found, expected).map((each) => `by the prices, ${each}`),
    ...(reference ? differences(found, reference.found, isEqual) : []).map((each) => `told once in order, ${each}`),
  ];
}

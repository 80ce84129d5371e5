import { setTimeout as passing } from 'node:timers/promises';
import type { Client } from '../api/client.ts';
import { unique } from '../api/parties.ts';
import type { Tokengrid } from '../api/tokengrid.ts';
import { chargedOf, step, type Suspended, use, waitingOf } from './suspended.ts';

/** A suspension, as those see it who report uses all the while. */
export interface Suspension {
  /**
   * Milliseconds from the operator's request until each process had answered a report whose use it
   * did not charge.
   */
  readonly refusedAfterMs: number;
  /** Uses that were reported after the registry's answer, and charged. */
  readonly chargedAfter: number;
  /** Uses that were charged after the same process had refused one, or wait for something else. */
  readonly complaints: readonly string[];
}

/** One use every this often, by each process of metering. */
const everyMs = 10;
/** Uses in a row that were not charged: the process knows of the suspension. */
const refusedInARow = 5;
const lookEveryMs = 50;
/** On a busy machine charges follow reports late. */
const timeoutMs = 60_000;

interface Reported {
  readonly id: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Reports uses one after the other until it is stopped. */
class Reporter {
  readonly reported: Reported[] = [];
  private readonly going: Promise<void>;
  private stopped = false;

  constructor(
    private readonly grid: Tokengrid,
    private readonly process: Client,
    private readonly of: Suspended,
    private readonly source: string,
  ) {
    this.going = this.report();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.going;
  }

  private async report(): Promise<void> {
    while (!this.stopped) {
      const id = `${this.process.address}-${this.reported.length}`;
      const sentAt = performance.now();
      const { status, body } = await use(this.grid, this.process, this.of, this.source, id);
      if (status !== 202) throw new Error(`a report was answered ${status} ${JSON.stringify(body)}`);
      this.reported.push({ id, sentAt, answeredAt: performance.now() });
      await passing(everyMs);
    }
  }
}

/**
 * Suspends something while uses of it are reported to each process of metering, and reinstates it.
 * @throws Error if a process does not hear of it
 */
export async function suspension(grid: Tokengrid, of: Suspended): Promise<Suspension> {
  const source = unique('/suspensions/of');
  const processes = grid.meterings;
  await untilCharged(grid, of, source);
  const reporters = processes.map((process) => new Reporter(grid, process, of, source));
  const charged = () => chargedOf(processes[0]!, of, source);
  let suspendedAt: number | undefined;
  try {
    await until(async () => {
      const ids = await charged();
      return reporters.every(({ reported }) => reported.some(({ id }) => ids.has(id)));
    });
    const askedAt = performance.now();
    await step(grid, of, 'suspend');
    suspendedAt = performance.now();
    await until(async () => {
      const ids = await charged();
      return reporters.every(({ reported }) => refusesAll(reported, ids));
    });
    await Promise.all(reporters.map((reporter) => reporter.stop()));
    const ids = await charged();
    const waiting = await waitingOf(grid, processes[0]!, of, source);
    const all = reporters.map(({ reported }) => reported);
    const refusals = all.map((reported) => reported.find(({ id }) => !ids.has(id))!);
    const since = suspendedAt;
    return {
      refusedAfterMs: Math.max(...refusals.map(({ answeredAt }) => answeredAt - askedAt)),
      chargedAfter: all.flat().filter(({ id, sentAt }) => sentAt >= since && ids.has(id)).length,
      complaints: all.flatMap((reported) => complaintsAbout(reported, ids, waiting)),
    };
  } finally {
    await Promise.all(reporters.map((reporter) => reporter.stop()));
    if (suspendedAt !== undefined) await step(grid, of, 'reinstate');
  }
}

const refusesAll = (reported: readonly Reported[], charged: ReadonlySet<string>): boolean =>
  reported.length >= refusedInARow && reported.slice(-refusedInARow).every(({ id }) => !charged.has(id));

function complaintsAbout(
  reported: readonly Reported[],
  charged: ReadonlySet<string>,
  waiting: ReadonlySet<string>,
): string[] {
  const first = reported.findIndex(({ id }) => !charged.has(id));
  return reported.slice(first).flatMap(({ id }) => {
    if (charged.has(id)) return [`${id} was charged after a use that was not`];
    return waiting.has(id) ? [] : [`${id} does not wait for the end of the suspension`];
  });
}

/** Waits until each process charges uses again. */
async function untilCharged(grid: Tokengrid, of: Suspended, source: string): Promise<void> {
  let tries = 0;
  for (const process of grid.meterings) {
    await until(async () => {
      const id = `try-${++tries}`;
      await use(grid, process, of, source, id);
      return (await chargedOf(process, of, source)).has(id);
    });
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not come to pass within ${timeoutMs} ms`);
    await passing(lookEveryMs);
  }
}

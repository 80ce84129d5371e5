import { createHash } from 'node:crypto';
import { setTimeout as passing } from 'node:timers/promises';
import { each, patienceMs, until } from '../trace/api-client.ts';
import { type Accepted, cloudEventOf, reportUsage, settledCharges } from '../trace/report-usage.ts';
import { endingAt, type Trace, type TraceRow } from '../trace/trace-file.ts';
import { expectedOf, type TraceUse, unitsOf, usesOf } from '../trace/trace-use.ts';
import type { Fleet } from './fleet.ts';
import type { Stage } from '../story/market.ts';

export interface ReplayOptions {
  readonly stage: Stage;
  readonly fleet: Fleet;
  readonly trace: Trace;
  /** Source named by the file's content, so that a repeat is recognized. */
  readonly source: string;
  /** Requests per second; `undefined`: as fast as they are accepted. */
  readonly requestsPerSecond: number | undefined;
  /** Speed relative to the trace; `undefined` leaves the pace to `requestsPerSecond`. */
  readonly speed: number | undefined;
  readonly say: (line: string) => void;
}

/** Result of a replay, with an independent computation. */
export interface Replayed extends Accepted {
  readonly charged: bigint;
  readonly uncollected: bigint;
  readonly recomputed: bigint;
  readonly wrong: readonly string[];
}

/**
 * Source of a file's usage: the same file has the same source, so that it is charged once however
 * often it is run.
 */
export const sourceOf = (content: Buffer): string =>
  `/traces/${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;

const second = 1000;

/** Reports a trace's valid rows as usage, waits for their charges and recomputes them. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { stage, fleet, trace, source, say } = options;
  const rows = endingAt(trace.rows, Date.now());
  const uses = usesOf(rows, fleet.subscribers.length, fleet.offers.length);
  const answer = await report(options, uses);
  if (answer.rejected.length > 0)
    say(`${answer.rejected.length} events were rejected, the first: ${answer.rejected[0]!.detail}`);
  say('waiting for the charges …');
  const charges = await until('all charges', patienceMs, () =>
    settledCharges(stage.metering, stage.operatorKey, `source=${encodeURIComponent(source)}`, uses),
  );
  const byEvent = new Map(charges.map((charge) => [charge.eventId, charge]));
  let [charged, uncollected, recomputed] = [0n, 0n, 0n];
  const wrong: string[] = [];
  for (const use of uses) {
    const expected = expectedOf(unitsOf(use.row), fleet.offers[use.offer]!).tokens;
    const charge = byEvent.get(use.eventId);
    recomputed += expected;
    if (charge?.tokens !== String(expected)) wrong.push(use.eventId);
    if (charge?.status === 'billed') charged += BigInt(charge.tokens);
    else uncollected += BigInt(charge?.tokens ?? 0);
  }
  return { ...answer, charged, uncollected, recomputed, wrong };
}

/** Sends all at once, or second by second at the stated pace. */
async function report(options: ReplayOptions, uses: readonly TraceUse[]): Promise<Accepted> {
  const { stage, fleet, source, say } = options;
  const events = (some: readonly TraceUse[]) =>
    some.map((use) => cloudEventOf(use, source, fleet.subscribers[use.payer]!, fleet.offers[use.offer]!));
  const waves = wavesOf(uses, options);
  let sent = 0;
  const start = performance.now();
  const answers = await each(waves, 1, async ({ at, uses: wave }) => {
    const ahead = at - (performance.now() - start);
    if (ahead > 0) await passing(ahead);
    const answer = await reportUsage(stage.metering, stage.operatorKey, events(wave), () => undefined);
    const before = sent;
    sent += wave.length;
    if (Math.floor(sent / 5000) > Math.floor(before / 5000)) say(`${sent} of ${uses.length} reported`);
    return answer;
  });
  return {
    accepted: answers.reduce((sum, { accepted }) => sum + accepted, 0),
    duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
    rejected: answers.flatMap(({ rejected }) => rejected),
  };
}

/**
 * Uses with their sending times, in milliseconds from the start: by the trace's own times, by a
 * rate, or at once.
 */
function wavesOf(uses: readonly TraceUse[], { requestsPerSecond, speed }: ReplayOptions) {
  if (speed !== undefined) return bySecond(uses, (row) => (row.time - (uses[0]?.row.time ?? 0)) / speed);
  if (requestsPerSecond !== undefined) {
    const order = new Map(uses.map(({ row }, index) => [row, index]));
    return bySecond(uses, (row) => (order.get(row)! * second) / requestsPerSecond);
  }
  return bySecond(uses, (_, index) => Math.floor(index / 5000), 1);
}

function bySecond(uses: readonly TraceUse[], due: (row: TraceRow, index: number) => number, span = second) {
  const waves = new Map<number, TraceUse[]>();
  uses.forEach((use, index) => {
    const wave = Math.floor(due(use.row, index) / span);
    const found = waves.get(wave);
    if (found) found.push(use);
    else waves.set(wave, [use]);
  });
  return [...waves]
    .sort(([a], [b]) => a - b)
    .map(([wave, some]) => ({ at: span === second ? wave * second : 0, uses: some }));
}

import { each } from '../trace/api-client.ts';
import { isByUse, type Offer, type TraceUnits, type TraceUse, unitsOf } from '../trace/trace-use.ts';
import type { Stage } from './market.ts';
import { isPoor } from './subscribers.ts';

/** A request of the trace as it was: what is reported of it may be late, or wrong. */
export interface Happened extends TraceUse {
  /** Of the day before, and reported after all others. */
  readonly isLate: boolean;
  /** Right units of a use that is reported wrong; none: it never happened. */
  readonly corrected?: { readonly units?: TraceUnits };
}

const dayMs = 86_400_000;
const concurrency = 8;

/**
 * Every twentieth line of the trace is late, one of a hundred is wrong. Those are of an offer whose
 * uses determine their costs by themselves, and their payers have tokens enough.
 */
export function mishapsOf(uses: readonly TraceUse[], offers: readonly Offer[]): Happened[] {
  return uses.map((use) => {
    const { line } = use.row;
    const isLate = line % 20 === 0;
    const isWrong = line % 100 === 50 && !isPoor(use.payer) && isByUse(offers[use.offer]!);
    return {
      ...use,
      row: { ...use.row, time: use.row.time - (isLate ? dayMs : 0) },
      isLate,
      ...(isWrong && { corrected: line % 200 === 50 ? {} : { units: halved(unitsOf(use.row)) } }),
    };
  });
}

const halved = ({ input_tokens, output_tokens }: TraceUnits): TraceUnits => ({
  input_tokens: Math.floor(input_tokens / 2),
  output_tokens,
});

/** The right units of a use; `undefined` if it never happened. */
export const rightUnits = ({ row, corrected }: Happened): TraceUnits | undefined =>
  corrected ? corrected.units : unitsOf(row);

/** Replaces or voids the uses that were reported wrong. */
export async function correct(stage: Stage, source: string, uses: readonly Happened[]): Promise<void> {
  const wrong = uses.filter(({ corrected }) => corrected !== undefined);
  await each(wrong, concurrency, ({ eventId: id, corrected }) =>
    stage.metering.call({
      method: 'POST',
      path: '/v1/corrections',
      key: stage.operatorKey,
      body: { source, id, reason: 'counted wrong by the gateway', ...corrected },
    }),
  );
}

import type { RatedLine } from '@tokengrid/contracts';
import { Violation } from '@tokengrid/simulation-kit';

/** A line that the use alone determines: no app of the simulation counts over a period. */
export type UseLine = Exclude<RatedLine, { readonly kind: 'period' | 'minimum' | 'maximum' }>;

/** @throws Violation for a line that counts over a period */
export function useLinesOf(lines: readonly RatedLine[]): readonly UseLine[] {
  return lines.map((line) => {
    if (line.kind !== undefined && line.kind !== 'use') throw new Violation(`a line of ${line.of} is a ${line.kind}`);
    return line;
  });
}

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Random } from '../chaos/random.ts';
import { type Kind, kindNames, kinds, type Units } from './sheet.ts';

/** A use that happened once, however often and late it is reported. */
export interface Use {
  readonly id: string;
  /** Number of its payer. */
  readonly payer: number;
  readonly kind: Kind;
  readonly time: string;
  readonly units: Units;
  /** It is reported when all others are in. */
  readonly isLate: boolean;
  /** Right units of a use that was reported wrong; none: it never happened. */
  readonly corrected?: { readonly units?: Units };
}

const dayMs = 86_400_000;
/** Shares of uses that are late, and wrong. */
const [lateOf, correctedOf] = [20, 100];
/** Days back from which late uses come; metering takes 35. */
const lateDays = 20;

/** Units of the first rows of a trace: `TIMESTAMP,ContextTokens,GeneratedTokens`. */
export async function unitsOf(path: string, most: number): Promise<Units[]> {
  const rows: Units[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const [, input_tokens, output_tokens] = line.split(',').map(Number);
    if (Number.isInteger(input_tokens) && Number.isInteger(output_tokens)) {
      rows.push({ input_tokens: input_tokens!, output_tokens: output_tokens! });
    }
    if (rows.length === most) break;
  }
  return rows;
}

/**
 * Uses of a trace by some payers: 5 % of them of earlier days and reported late, 1 % reported
 * wrong. Uses that count over a month are reported right.
 */
export function usesOf(rows: readonly Units[], payers: number, seed: number): Use[] {
  const random = new Random(seed);
  const end = Date.now() - 60_000;
  let wrong = 0;
  return rows.map((units, index) => {
    const isLate = random.below(lateOf) === 0;
    const kind = random.pick(kindNames);
    const at = end - (rows.length - index) * 100 - (isLate ? random.below(lateDays * dayMs) : 0);
    const isWrong = !isCounted(kind) && random.below(correctedOf) === 0;
    const use = { id: `use-${index}`, payer: random.below(payers), kind, units, isLate };
    const time = new Date(at).toISOString();
    return { ...use, time, ...(isWrong && { corrected: correctionOf(units, wrong++) }) };
  });
}

export const isCounted = (kind: Kind): boolean => !('offer' in kinds[kind]);

/** In turn: more units, fewer, none. */
function correctionOf({ input_tokens, output_tokens }: Units, number: number): { readonly units?: Units } {
  if (number % 3 === 2) return {};
  const [input, output] = [input_tokens!, output_tokens!];
  return { units: number % 3 === 0 ? { input_tokens: input * 2 + 1, output_tokens: output } : { input_tokens: 1 } };
}

/** The right units of a use; none if it never happened. */
export const rightUnits = ({ units, corrected }: Use): Units => (corrected ? (corrected.units ?? {}) : units);

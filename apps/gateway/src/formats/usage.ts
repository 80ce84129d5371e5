import type { ModelOffer } from '../serving/routes.ts';
import type { Units } from '../serving/purse.ts';

/** Units of one meter that a provider may state for one answer; more is no usage, but a mistake. */
const mostUnits = 1_000_000_000;
/** Units are counted × 10^6. */
const scale = 1_000_000n;

/** Units of an answer, as a provider states them in OpenAI's form. */
export interface Usage {
  /** All of the input, cached or not. */
  readonly input: number;
  /** The part of it that was read from a cache. */
  readonly cached: number;
  /** All of the output, with reasoning that is not shown. */
  readonly output: number;
  readonly reasoning: number;
}

type Json = Readonly<Record<string, unknown>>;

const isUnits = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostUnits;

/** The usage in an answer; undefined if it is absent, or can't be one. */
export function usageIn(stated: unknown): Usage | undefined {
  if (typeof stated !== 'object' || stated === null) return undefined;
  const usage = stated as Json;
  const { prompt_tokens: input, completion_tokens: output = 0 } = usage;
  if (!isUnits(input) || !isUnits(output)) return undefined;
  const cached = within(usage['prompt_tokens_details'], 'cached_tokens', input);
  const reasoning = within(usage['completion_tokens_details'], 'reasoning_tokens', output);
  return { input, cached, output, reasoning };
}

/** A part of a whole that a provider states; 0 if it states none, or more than the whole. */
function within(details: unknown, name: string, whole: number): number {
  const part = (details as Json | null | undefined)?.[name];
  return isUnits(part) && part <= whole ? part : 0;
}

/**
 * Units by meter, as the offer's prices know them: input that was cached, and reasoning, are
 * counted apart only where they have a price of their own.
 */
export function unitsOf({ input, cached, output, reasoning }: Usage, { prices }: Pick<ModelOffer, 'prices'>): Units {
  const units = new Map<string, bigint>();
  const add = (meter: string, count: number) => {
    if (count > 0) units.set(meter, BigInt(count) * scale);
  };
  const hasCached = prices.has('cached_input_tokens');
  const hasReasoning = prices.has('reasoning_tokens');
  add('input_tokens', hasCached ? input - cached : input);
  if (hasCached) add('cached_input_tokens', cached);
  add('output_tokens', hasReasoning ? output - reasoning : output);
  if (hasReasoning) add('reasoning_tokens', reasoning);
  if (prices.has('requests')) add('requests', 1);
  return units;
}

/** Units with a number of images. */
export function withImages(units: Units, images: number): Units {
  return images === 0 ? units : new Map([...units, ['images', BigInt(images) * scale]]);
}

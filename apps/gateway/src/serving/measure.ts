import type { Delivery } from '@tokengrid/contracts';
import type { TokenCounter } from '../counting/token-counter.ts';
import { unitsCharged } from '../counting/estimates.ts';
import type { Asked } from '../formats/asked.ts';
import type { Usage } from '../formats/usage.ts';
import type { ModelOffer } from './routes.ts';
import type { StreamReading } from './stream-reading.ts';

/** What an answer is charged as; no usage if nothing was produced. */
export interface Measured {
  readonly usage: Usage | undefined;
  readonly countedBy: Delivery['countedBy'];
}

/** What a measure is made of, beside the answer. */
export interface MeasureContext {
  readonly asked: Pick<Asked, 'inputTexts'>;
  readonly offer: Pick<ModelOffer, 'tokenizer'>;
  readonly counter: TokenCounter;
}

/**
 * Usage of a stream, by the rule of broken streams: what the provider states at its end, else the
 * last running usage, else the whole text counted once. Nothing written is nothing produced.
 */
export async function measured(
  reading: StreamReading,
  isComplete: boolean,
  context: MeasureContext,
): Promise<Measured> {
  const { usage, hasFinalUsage } = reading;
  if (usage) {
    const countedBy = isComplete || hasFinalUsage ? 'upstream' : 'running-usage';
    return { usage: usage.output === 0 ? undefined : usage, countedBy };
  }
  const { texts, unkeptBytes } = reading.written();
  return measuredTexts(texts, unkeptBytes, context);
}

/** Usage of texts that came without usage, each counted as a whole. */
export async function measuredTexts(
  texts: readonly string[],
  unkeptBytes: number,
  { asked, offer, counter }: MeasureContext,
): Promise<Measured> {
  if (texts.every((text) => text === '') && unkeptBytes === 0) return { usage: undefined, countedBy: 'estimate' };
  const [output, input] = await Promise.all([
    counter.count(offer.tokenizer, texts),
    counter.count(offer.tokenizer, asked.inputTexts()),
  ]);
  const unkept = unitsCharged(unkeptBytes);
  const isExact = output.by === 'tokenizer' && input.by === 'tokenizer' && unkept === 0;
  return {
    usage: { input: input.units, cached: 0, output: output.units + unkept, reasoning: 0 },
    countedBy: isExact ? 'tokenizer' : 'estimate',
  };
}

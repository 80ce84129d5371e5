import { z } from 'zod';
import { unitsAhead } from '../../counting/estimates.ts';
import type { Asked, ServingOffer } from '../asked.ts';
import { withMembers } from '../json-object.ts';
import { preferencesOf, providerField } from '../preferences.ts';
import { fieldFault, type RequestBody, requestBodyOf } from '../request-body.ts';
import { mostNameCharacters } from './chat-request.ts';
import { ChatStream } from './chat-stream.ts';
import { openAiErrorOf } from './errors.ts';

const named = { model: z.string().min(1).max(mostNameCharacters), provider: providerField };

const embeddingsRequest = z.looseObject({
  ...named,
  input: z.union([
    z.string(),
    z
      .array(z.union([z.string(), z.int(), z.array(z.int())]))
      .min(1)
      .max(100_000),
  ]),
});
type EmbeddingsRequest = z.output<typeof embeddingsRequest>;

/** Images that one request may ask for. */
const mostImages = 10;

const imagesRequest = z.looseObject({
  ...named,
  prompt: z.string(),
  n: z.int().min(1).max(mostImages).nullish(),
  stream: z.boolean().nullish(),
});

/** Reads a request of OpenAI's embeddings. @throws ProblemError 400 */
export function embeddingsAsked(bytes: unknown): Asked {
  const body = requestBodyOf(bytes, embeddingsRequest);
  const texts = textsOf(body.value);
  // An input may be units already, as numbers.
  const numbers = [body.value.input].flat(2).filter((part) => typeof part === 'number').length;
  const input = unitsAhead(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)) + numbers;
  return passedOn(body, '/embeddings', { makes: 'vectors', begins: { input, output: 0, images: 0 }, texts });
}

function textsOf({ input }: EmbeddingsRequest): readonly string[] {
  return [input].flat().filter((part) => typeof part === 'string');
}

/** Reads a request for images in the form of OpenAI's API. @throws ProblemError 400 */
export function imagesAsked(bytes: unknown): Asked {
  const body = requestBodyOf(bytes, imagesRequest);
  const { n, prompt, stream } = body.value;
  if (stream) throw fieldFault('stream', 'images are not streamed here: leave it out');
  const begins = { input: unitsAhead(Buffer.byteLength(prompt)), output: 0, images: n ?? 1 };
  return passedOn(body, '/images/generations', { makes: 'images', begins, texts: [prompt] });
}

interface Known extends Pick<Asked, 'makes' | 'begins'> {
  readonly texts: readonly string[];
}

/** A request that goes on as it is, and is answered as a whole. */
function passedOn(
  { text, members, value }: RequestBody<{ readonly model: string; readonly provider?: z.output<typeof providerField> }>,
  path: string,
  { makes, begins, texts }: Known,
): Asked {
  return {
    ...{ model: value.model, preferences: preferencesOf(value.provider), affinity: '', isStreamed: false },
    ...{ path, makes, begins, inputTexts: () => texts },
    bodyFor: ({ model }: ServingOffer) => {
      const replaced = new Map<string, string | undefined>([['provider', undefined]]);
      if (value.model !== model) replaced.set('model', JSON.stringify(model));
      return withMembers(text, members, replaced);
    },
    stream: () => new ChatStream({ hidesUsage: true, hidesRunningUsage: false }),
    failure: (problem) => JSON.stringify(openAiErrorOf(problem)),
  };
}

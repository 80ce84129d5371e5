import { z } from 'zod';

/** A letter, digit, sign or symbol: something that a reader sees. */
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Characters that turn the direction of the text behind them. */
const turning = /[\u202a-\u202e\u2066-\u2069]/;

/** A name given by a person for others to read: trimmed, and not blank to the eye. */
export const shownName = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be blank')
    .max(most)
    .refine((name) => name === '' || visible.test(name), 'must not be blank')
    .refine((name) => !turning.test(name), 'must not turn the direction of text');

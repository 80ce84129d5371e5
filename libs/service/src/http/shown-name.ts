import { isBlank, turnsText } from '@tokengrid/contracts';
import { z } from 'zod';

/** A name given by a person for others to read: trimmed, and not blank to the eye. */
export const shownName = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be blank')
    .max(most)
    .refine((name) => name === '' || !isBlank(name), 'must not be blank')
    .refine((name) => !turnsText(name), 'must not turn the direction of text');

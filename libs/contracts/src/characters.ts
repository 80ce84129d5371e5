import { z } from 'zod';

/** Number of characters in a text, as people and JSON Schema count them: code points, of which some are two UTF-16 units. */
export function charactersIn(text: string): number {
  return [...text].length;
}

/** A text of at most so many characters, its end cut off if need be: never in the middle of one. */
export function cutTo(most: number, text: string, end = ''): string {
  if (!isLongerThan(most, text)) return text;
  return [...text].slice(0, most - charactersIn(end)).join('') + end;
}

/** Text of bounded length, in {@link charactersIn characters}: zod's own bounds count UTF-16 units. */
export const characters = (least: number, most: number) =>
  z
    .string()
    .refine((text) => !isShorterThan(least, text) && !isLongerThan(most, text), {
      error: least === 0 ? `must not have more than ${most} characters` : `must have ${least} to ${most} characters`,
    })
    .meta({ ...(least > 0 && { minLength: least }), maxLength: most });

// Characters are never more than units: most texts are told by their length alone.
const isLongerThan = (most: number, text: string) => text.length > most && charactersIn(text) > most;
const isShorterThan = (least: number, text: string) =>
  text.length < least || (least > 1 && text.length < 2 * least && charactersIn(text) < least);

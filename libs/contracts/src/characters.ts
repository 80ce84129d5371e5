/**
 * Number of characters in a text, as people, JSON Schema and zod count them: code points, some of
 * which are two UTF-16 units.
 */
export function charactersIn(text: string): number {
  return [...text].length;
}

/** Text of at most `most` characters; a longer one is cut, never within a character. */
export function cutTo(most: number, text: string, end = ''): string {
  // A text has no more characters than units, so its length alone decides for most texts.
  if (text.length <= most || charactersIn(text) <= most) return text;
  return [...text].slice(0, most - charactersIn(end)).join('') + end;
}

/**
 * Foreign text in a form that a store keeps: no NUL characters, no unpaired surrogates, at most
 * `most` characters.
 */
export function storableText(most: number, text: string): string {
  return cutTo(most, text.replaceAll('\0', '').toWellFormed());
}

/** A letter, digit, sign or symbol: something that a reader sees. */
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Characters that turn the direction of the text behind them. */
const turning = /[\u202a-\u202e\u2066-\u2069]/;

/** A text without the characters that nobody sees. */
export const seenOf = (text: string): string => text.replace(/\p{Default_Ignorable_Code_Point}/gu, '');

/** True if a reader sees nothing of a text. */
export const isBlank = (text: string): boolean => !visible.test(seenOf(text));

/** True if a text turns the direction of what is behind it. */
export const turnsText = (text: string): boolean => turning.test(text);

/** True for a text that others can read: not blank, and in its own direction. */
export const isReadable = (text: string): boolean => !isBlank(text) && !turnsText(text);

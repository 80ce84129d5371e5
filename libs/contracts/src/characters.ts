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

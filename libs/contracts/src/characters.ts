/** Number of characters in a text, as people, JSON Schema and zod count them: code points, of which some are two UTF-16 units. */
export function charactersIn(text: string): number {
  return [...text].length;
}

/** A text of at most so many characters, its end cut off if need be: never in the middle of one. */
export function cutTo(most: number, text: string, end = ''): string {
  // Characters are never more than units: most texts are told by their length alone.
  if (text.length <= most || charactersIn(text) <= most) return text;
  return [...text].slice(0, most - charactersIn(end)).join('') + end;
}

/** As much of a text of somebody else's as a store keeps: no NUL characters, no halves of characters, and no more than so many. */
export function storableText(most: number, text: string): string {
  return cutTo(most, text.replaceAll('\0', '').toWellFormed());
}

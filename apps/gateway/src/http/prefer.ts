/** What a caller prefers, by RFC 7240. */
export interface Preference {
  /** True if it would rather be answered 202 than wait. */
  readonly isAsync: boolean;
  /** Seconds that it waits for an answer; undefined: not stated. */
  readonly waitSeconds: number | undefined;
}

/** A preference between commas; a comma in a quoted text separates nothing. */
const preference = /(?:[^,"]|"(?:\\.|[^"\\])*")+/g;

/**
 * Preferences of the header `prefer` that are known here: `respond-async` and `wait`. Of one that
 * is repeated the first counts; what is unknown or no number is as if it were not there.
 */
export function preferenceOf(header: string | string[] | undefined): Preference {
  const known = new Map<string, string>();
  for (const [part] of String(header ?? '').matchAll(preference)) {
    const [stated = ''] = part.split(';');
    const [name = '', value = ''] = stated.split('=').map((side) => side.trim());
    const token = name.toLowerCase();
    if (!known.has(token)) known.set(token, value.replaceAll('"', ''));
  }
  const wait = known.get('wait');
  return {
    isAsync: known.has('respond-async'),
    waitSeconds: wait !== undefined && /^\d{1,9}$/.test(wait) ? Number(wait) : undefined,
  };
}

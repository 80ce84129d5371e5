const bigintsAsStrings = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** A body as JSON; amounts become decimal strings. */
export function toJson(body: unknown): string {
  return JSON.stringify(body, bigintsAsStrings);
}

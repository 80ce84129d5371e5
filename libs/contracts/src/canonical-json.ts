/**
 * JSON with the members of each object sorted by name and no white space: two values that say the same have the same text. What RFC 8785
 * (JCS) gives, for strings, booleans, null, whole numbers, and arrays and objects of them. Nested only as deep as the caller lets it be.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name])}`);
  return `{${members.join(',')}}`;
}

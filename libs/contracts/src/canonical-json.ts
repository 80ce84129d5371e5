/**
 * Canonical JSON: members sorted by name and no white space, so that equal values have equal text.
 * The output is RFC 8785 (JCS) for strings, booleans, null, whole numbers, and arrays and objects
 * of them. The caller bounds the nesting.
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

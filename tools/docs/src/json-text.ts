const maxWidth = 120;

/**
 * A value as JSON for human readers: a value that fits stands on one line, and so does one without
 * nested objects.
 */
export function jsonText(value: unknown): string {
  return `${written(value, '', 0)}\n`;
}

/** @param taken width of the line's text before the value, beyond its indent */
function written(value: unknown, indent: string, taken: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const flat = onOneLine(value);
  if (isLeaf(value) || indent.length + taken + flat.length < maxWidth) return flat;
  const inner = `${indent}  `;
  const named = !Array.isArray(value);
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
    const label = named ? `${JSON.stringify(name)}: ` : '';
    return `${inner}${label}${written(member, inner, label.length)}`;
  });
  return `${named ? '{' : '['}\n${members.join(',\n')}\n${indent}${named ? '}' : ']'}`;
}

/** True if a list or an object contains no object, so that a field of a schema is one line. */
function isLeaf(value: object): boolean {
  return Object.values(value).every((member) => typeof member !== 'object' || member === null || isList(member));
}

const isList = (value: object) => Array.isArray(value) && value.every((member) => typeof member !== 'object');

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${onOneLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

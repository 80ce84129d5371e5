/** Something is not as it has to be: what, and what it was found by. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws Violation unless it holds */
export function ensure(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Violation(otherwise());
}

/** A value as a person reads it in a violation. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));

/** @throws Violation unless both read the same */
export function same(what: () => string, is: unknown, hasToBe: unknown): void {
  const [one, other] = [shown(is), shown(hasToBe)];
  if (one === other) return;
  const both = Array.isArray(is) && Array.isArray(hasToBe) && is.length + hasToBe.length > 4;
  const [odd, lacking] = both ? [without(is, hasToBe), without(hasToBe, is)] : [is, hasToBe];
  throw new Violation(`${what()} is ${shown(odd)}, and has to be ${shown(lacking)}`);
}

/** Those of a list that another one lacks. */
function without(these: readonly unknown[], those: readonly unknown[]): readonly unknown[] {
  const known = new Set(those.map(shown));
  return these.filter((each) => !known.has(shown(each)));
}

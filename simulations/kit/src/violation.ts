/** A difference between a program and its model, with the check that found it. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws Violation if the condition is false */
export function ensure(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Violation(otherwise());
}

/** A value in readable form, for a violation's message. */
export const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));

/** @throws Violation unless both values read the same; of long lists it names the differences */
export function same(what: () => string, is: unknown, hasToBe: unknown): void {
  const [one, other] = [shown(is), shown(hasToBe)];
  if (one === other) return;
  const both = Array.isArray(is) && Array.isArray(hasToBe) && is.length + hasToBe.length > 4;
  const [odd, lacking] = both ? [without(is, hasToBe), without(hasToBe, is)] : [is, hasToBe];
  throw new Violation(`${what()} is ${shown(odd)}, and has to be ${shown(lacking)}`);
}

/** Items of a list that another one lacks. */
function without(these: readonly unknown[], those: readonly unknown[]): readonly unknown[] {
  const known = new Set(those.map(shown));
  return these.filter((each) => !known.has(shown(each)));
}

/** Something is not as it has to be: what, and what it was found by. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws Violation unless it holds */
export function ensure(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Violation(otherwise());
}

/** A value as a person reads it in a violation. */
export const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));

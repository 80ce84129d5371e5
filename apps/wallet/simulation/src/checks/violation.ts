/** A difference between the wallet and the model, with the check that found it. */
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

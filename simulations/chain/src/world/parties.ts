/** An id of its own. */
export const idOf = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;

const org = (letter: string): string => `org_${letter.repeat(26)}`;

/** Sellers of models and apps. */
export const providers: readonly string[] = [org('p'), org('q')];
export const developers: readonly string[] = [org('d'), org('e')];
/** Their users. */
export const consumers: readonly string[] = [...'fghjk'].map(org);
export const payers: readonly string[] = [...consumers, ...consumers, ...developers, ...providers];
export const everybody: readonly string[] = [...providers, ...developers, ...consumers];

/** Keys of some: the second of each is a child of the first. */
export const keysOf = (partyId: string): readonly string[] =>
  [0, 1].map((child) => `key_${partyId.slice(4, 29)}${child}`);

/** A key, and those that it descends from. */
export function lineOf(key: string): readonly string[] {
  const parent = `${key.slice(0, -1)}0`;
  return key === parent ? [key] : [key, parent];
}

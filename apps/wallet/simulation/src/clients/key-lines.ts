import type { Dice } from '@tokengrid/simulation-kit';

/** Owners' keys: the second was minted with the first, the third with the second. */
const [first, second, third, other] = ['1', '2', '3', '4'].map((digit) => `key_${digit.repeat(26)}`) as Four;
type Four = [string, string, string, string];
const lines: readonly (readonly [string, ...string[]])[] = [[first], [second, first], [third, second, first], [other]];

export const someKey = (dice: Dice): string => dice.one(lines)[0];
export const someLine = (dice: Dice): readonly string[] => dice.one(lines);

/** The line of a key: the key and its ancestors. */
export const lineOf = (keyId: string): readonly string[] => lines.find(([key]) => key === keyId)!;

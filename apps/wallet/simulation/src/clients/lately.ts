import type { Dice } from './dice.ts';

/** How far back somebody looks who wants to do something about a hold, a quote or a purchase. */
export const recent = 24;

/** One of the last. */
export function lately<Item>(items: readonly Item[], dice: Dice): Item | undefined {
  const back = Math.min(recent, items.length);
  return back === 0 ? undefined : items[items.length - 1 - dice.roll(back)];
}

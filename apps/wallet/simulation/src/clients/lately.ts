import type { Dice } from '@tokengrid/simulation-kit';

/** Number of recent holds, quotes or purchases that acts choose from. */
export const recent = 24;

/** One of the most recent items. */
export function lately<Item>(items: readonly Item[], dice: Dice): Item | undefined {
  const back = Math.min(recent, items.length);
  return back === 0 ? undefined : items[items.length - 1 - dice.roll(back)];
}

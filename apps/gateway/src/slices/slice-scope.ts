import { mostSliceUses, type SliceUse } from '@tokengrid/contracts';

/** Names a use of a slice. */
export const nameOfUse = ({ app = '', model = '', offer = '' }: SliceUse): string => `${app} ${model} ${offer}`;

/** The first uses of several lists, each once, as many as a slice may be for. */
export function scopeOf(...lists: readonly (readonly SliceUse[])[]): readonly SliceUse[] {
  const scope = new Map(lists.flat().map((use) => [nameOfUse(use), use] as const));
  return [...scope.values()].slice(0, mostSliceUses);
}

/** True if all uses of one list are in the other. */
export function isWithin(uses: readonly SliceUse[], scope: readonly SliceUse[]): boolean {
  const names = new Set(scope.map(nameOfUse));
  return uses.every((use) => names.has(nameOfUse(use)));
}

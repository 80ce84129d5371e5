/**
 * A replacement at one place of the source. `search` must occur there exactly once, so that an edit
 * can't become stale unnoticed.
 */
export interface Edit {
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/** A plausible mistake, which the simulation has to find. */
export interface Mutation {
  /** The mistake, in words. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** Folders of mutated sources. */
export const decisions = 'apps/wallet/src/decisions';
export const policies = 'apps/wallet/src/policies';
export const store = 'libs/event-store/src';

/** A mistake: its name, and its replacements. */
export const mutation = (
  name: string,
  ...edits: readonly (readonly [file: string, search: string, replace: string])[]
) => ({
  name,
  edits: edits.map(([file, search, replace]) => ({ file: `${file}.ts`, search, replace })),
});

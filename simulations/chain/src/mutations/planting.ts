/**
 * One place in the source, and what stands there instead. `search` has to be there exactly once, so
 * that none can rot unseen.
 */
export interface Edit {
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/** A mistake that somebody could make. The simulation has to find each of them. */
export interface Mutation {
  /** What is wrong, in words. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** A mistake: its name, and what is written in place of what. */
export const mutation = (
  name: string,
  ...edits: readonly (readonly [file: string, search: string, replace: string])[]
): Mutation => ({
  name,
  edits: edits.map(([file, search, replace]) => ({ file: `${file}.ts`, search, replace })),
});

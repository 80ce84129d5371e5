import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.ts';

/**
 * A replacement at one place of the source. `search` must occur there exactly once, so that an edit
 * can't become stale unnoticed.
 */
interface Edit {
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

/** A mistake: its name, and its replacements in files, named from the top and without `.ts`. */
export const mutation = (
  name: string,
  ...edits: readonly (readonly [file: string, search: string, replace: string])[]
): Mutation => ({
  name,
  edits: edits.map(([file, search, replace]) => ({ file: `${file}.ts`, search, replace })),
});

/**
 * A file's source with a mutation's changes.
 * @throws Error for a mutation that no longer applies
 */
export function mutated({ name, edits }: Mutation, file: string): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce(
      (source, edit) => {
        const reason = cannotApply(edit, source);
        if (reason !== undefined) throw new Error(`${name}: ${reason}`);
        return source.replace(edit.search, () => edit.replace);
      },
      readFileSync(join(repository, file), 'utf8'),
    );
}

/** Reason why an edit no longer applies, if any. */
function cannotApply({ file, search, replace }: Edit, source: string): string | undefined {
  const times = source.split(search).length - 1;
  if (times !== 1) return `${file} has ${JSON.stringify(search)} ${times} times`;
  return search === replace ? `${file} would not change` : undefined;
}

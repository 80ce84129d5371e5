import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meteringMutations } from './metering.ts';
import type { Edit, Mutation } from './planting.ts';
import { settlementMutations } from './settlement.ts';
import { walletMutations } from './wallet.ts';

/** All mistakes. */
export const mutations: readonly Mutation[] = [...meteringMutations, ...walletMutations, ...settlementMutations];

/** The repository, seen from `src` and from `dist` alike. */
export const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** Reason why an edit no longer applies, if any. */
function cannotApply({ file, search, replace }: Edit, source: string): string | undefined {
  const times = source.split(search).length - 1;
  if (times !== 1) return `${file} has ${JSON.stringify(search)} ${times} times`;
  return search === replace ? `${file} would not change` : undefined;
}

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

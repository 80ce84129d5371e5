import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.ts';

/** How a test wants to be run. */
export interface SpecFiles {
  /** By themselves: any number at a time. */
  readonly pure: readonly string[];
  /** On a real Kafka or Postgres that they start: one at a time, so that what they measure is not each other. */
  readonly onServers: readonly string[];
  /** On whole stacks that they start, break and kill: one at a time, and last. */
  readonly onStacks: readonly string[];
}

const whereStacksAre = /^(e2e|infra\/local)\//;
const imports = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** All tests of the repository, told apart by what they import, so that none has to be listed. */
export function specFiles(): SpecFiles {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  const paths = globSync(
    workspaces.map((folder) => `${folder}/src/**/*.spec.ts`),
    { cwd: root },
  )
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  const onStacks = paths.filter((path) => whereStacksAre.test(path));
  const rest = paths.filter((path) => !whereStacksAre.test(path));
  const known = new Map<string, boolean>();
  const onServers = rest.filter((path) => startsServers(path, known));
  return { pure: rest.filter((path) => !onServers.includes(path)), onServers, onStacks };
}

/** Whether a file imports the embedded servers, itself or through files of its own project. */
function startsServers(path: string, known: Map<string, boolean>): boolean {
  const before = known.get(path);
  if (before !== undefined) return before;
  // Files may import each other in a circle.
  known.set(path, false);
  const starts = [...readFileSync(join(root, path), 'utf8').matchAll(imports)].some(([, target]) => {
    if (target === '@tokengrid/infra-local') return true;
    const file = join(dirname(path), target!);
    return target!.startsWith('.') && existsSync(join(root, file)) && startsServers(file, known);
  });
  known.set(path, starts);
  return starts;
}

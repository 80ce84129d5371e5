import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.ts';

/** Spec files by the way in which they run. */
export interface SpecFiles {
  /** Specs of pure code: any number at a time. */
  readonly pure: readonly string[];
  /** Simulations: pure code that takes long, beside the specs that wait for broken servers. */
  readonly simulations: readonly string[];
  /** On a real Kafka or Postgres that they borrow: as many at a time as there are cores. */
  readonly onServers: readonly string[];
  /**
   * Specs on servers of their own, which they break: one at a time, so that they do not disturb
   * each other's measurements.
   */
  readonly onOwnServers: readonly string[];
  /** Specs that start, break and kill whole stacks: one at a time, and last. */
  readonly onStacks: readonly string[];
}

const whereStacksAre = /^(e2e|infra\/local)\//;
const whereSimulationsAre = /^(simulations|apps\/[^/]+\/simulation)\//;
/** Packages that start servers, and those that borrow them. */
const starting = /^@tokengrid\/infra-local$/;
const borrowing = /^@tokengrid\/(infra-local|service)\/testing$/;
const specifiers = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** All tests of the repository, classified by their imports, so that none has to be listed. */
export function specFiles(): SpecFiles {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  const paths = globSync(
    workspaces.map((folder) => `${folder}/src/**/*.spec.ts`),
    { cwd: root },
  )
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  const onStacks = paths.filter((path) => whereStacksAre.test(path));
  const simulations = paths.filter((path) => whereSimulationsAre.test(path));
  const rest = paths.filter((path) => !whereStacksAre.test(path) && !whereSimulationsAre.test(path));
  const [known, knownToStart] = [new Map<string, boolean>(), new Map<string, boolean>()];
  const onOwnServers = rest.filter((path) => imports(path, starting, knownToStart));
  const others = rest.filter((path) => !onOwnServers.includes(path));
  const onServers = others.filter((path) => imports(path, borrowing, known));
  const pure = others.filter((path) => !onServers.includes(path));
  return { pure, simulations, onServers, onOwnServers, onStacks };
}

/** True if a file imports a package, itself or through files of its own project. */
function imports(path: string, wanted: RegExp, known: Map<string, boolean>): boolean {
  const before = known.get(path);
  if (before !== undefined) return before;
  // Files may import each other in a circle.
  known.set(path, false);
  const does = [...readFileSync(join(root, path), 'utf8').matchAll(specifiers)].some(([, target]) => {
    if (wanted.test(target!)) return true;
    const file = join(dirname(path), target!);
    return target!.startsWith('.') && existsSync(join(root, file)) && imports(file, wanted, known);
  });
  known.set(path, does);
  return does;
}

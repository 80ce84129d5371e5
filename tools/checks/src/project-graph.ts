import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.ts';
import { runProgram } from './run-program.ts';

/** Fields used from `nx graph --file`. */
export interface ProjectGraph {
  readonly nodes: Readonly<Record<string, { readonly data: { readonly tags?: readonly string[] } }>>;
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>;
}

/**
 * Lets Nx compute the graph of projects. It stays in Nx's cache for lint's boundaries rule, which
 * passes everything without one: so this comes before lint.
 */
export async function readProjectGraph(signal: AbortSignal): Promise<ProjectGraph> {
  const folder = await mkdtemp(join(tmpdir(), 'tokengrid-graph-'));
  try {
    const file = join(folder, 'graph.json');
    const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
    const { code, output } = await runProgram(process.execPath, [nx, 'graph', `--file=${file}`], {
      env: { NX_DAEMON: 'false', NX_TUI: 'false' },
      output: 'kept',
      signal,
    });
    if (code !== 0) throw new Error(`nx graph ended with ${code}:\n${output}`);
    return (JSON.parse(await readFile(file, 'utf8')) as { graph: ProjectGraph }).graph;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Forbidden edges (between two services, out of the kernel), and projects unknown to the rules. */
export function wrongEdges({ nodes, dependencies }: ProjectGraph): string[] {
  const isService = (name: string) => nodes[name]?.data.tags?.includes('type:service') === true;
  const faults: string[] = [];
  for (const [from, edges] of Object.entries(dependencies)) {
    for (const { target } of edges) {
      if (!(target in nodes)) continue;
      if (isService(target) && isService(from)) {
        faults.push(`${from} depends on ${target}: services communicate through events only`);
      }
      if (from === 'kernel') faults.push(`kernel depends on ${target}: it must not depend on anything`);
    }
  }
  const untagged = Object.keys(nodes).filter((name) => !nodes[name]!.data.tags?.some((tag) => tag.startsWith('type:')));
  return [...faults, ...untagged.map((name) => `${name} has no type: tag, so its dependencies are unconstrained`)];
}

import { join } from 'node:path/posix';
import type { TextFile } from './text-files.ts';

const imported = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/**
 * Circles of imports, a sentence each, types included: files that need each other are one file, or
 * three.
 */
export function importCircles(files: readonly TextFile[]): string[] {
  const sources = new Map(files.filter(({ path }) => path.endsWith('.ts')).map(({ path, text }) => [path, text]));
  const targets = (path: string): string[] =>
    [...sources.get(path)!.matchAll(imported)]
      .map(([, target]) => join(path, '..', target!))
      .filter((target) => sources.has(target));
  return connected([...sources.keys()], targets)
    .filter((circle) => circle.length > 1)
    .map((circle) => `${circle.sort().join(', ')}: import each other in a circle`);
}

/** Groups of nodes that reach each other (Tarjan's strongly connected components). */
function connected(nodes: readonly string[], targets: (node: string) => string[]): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const groups: string[][] = [];
  const visit = (node: string): number => {
    const place = order.size;
    order.set(node, place);
    lowest.set(node, place);
    open.push(node);
    for (const target of targets(node)) {
      if (!order.has(target)) lowest.set(node, Math.min(lowest.get(node)!, visit(target)));
      else if (open.includes(target)) lowest.set(node, Math.min(lowest.get(node)!, order.get(target)!));
    }
    if (lowest.get(node) === place) groups.push(open.splice(open.indexOf(node)));
    return lowest.get(node)!;
  };
  for (const node of nodes) if (!order.has(node)) visit(node);
  return groups;
}

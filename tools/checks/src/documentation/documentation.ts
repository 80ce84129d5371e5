import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { runProgram } from '../run-program.ts';
import type { TextFile } from '../tidy/text-files.ts';
import { type Known, unknownCommands, verbsOf } from './commands.ts';
import { brokenLinks } from './links.ts';

/** Faults of the repository's Markdown: broken links and unknown commands. */
export async function documentationFaults(files: readonly TextFile[], signal: AbortSignal): Promise<string[]> {
  const known = await knownCommands(signal);
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) => [...brokenLinks(path, text), ...unknownCommands(path, text, known)]);
}

async function knownCommands(signal: AbortSignal): Promise<Known> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const program = join(root, 'tools', 'cli', 'dist', 'main.js');
  if (!existsSync(program)) return { scripts: Object.keys(scripts), verbs: [] };
  const { output } = await runProgram(process.execPath, [program, '--help'], { output: 'kept', signal });
  return { scripts: Object.keys(scripts), verbs: verbsOf(output) };
}

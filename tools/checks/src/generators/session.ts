import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commitAll } from './copy.ts';
import type { Run } from './generators.ts';

/**
 * Runs the generators of a copy of the repository one after the other, commits what each writes,
 * and prints a JSON list of what each ended with. One process loads the compiler once for all.
 *
 *     session.js <folder> <runs as JSON>
 */
const [folder, runs] = process.argv.slice(2) as [string, string];
const program = join(folder, 'tools/generate/dist/program.js');
const { generate } = (await import(pathToFileURL(program).href)) as {
  generate(root: string, args: readonly string[]): Promise<number>;
};

let output = '';
console.log = console.error = (line: string) => void (output += `${line}\n`);

const ran: Run[] = [];
for (const args of JSON.parse(runs) as readonly (readonly string[])[]) {
  output = '';
  const code = await generate(folder, args).catch((error: Error) => {
    output += error.stack;
    return 'an error' as const;
  });
  ran.push({ args, code, output });
  if (code === 0) commitAll(folder);
}
process.stdout.write(JSON.stringify(ran));

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../root.ts';
import { runProgram } from '../run-program.ts';
import { type WrittenDocument, writeDocuments } from './documents.ts';

/**
 * Generators of TypeScript, as their users start them: the program, its arguments, and its output.
 */
const generators = [
  {
    name: 'openapi-typescript',
    script: 'node_modules/openapi-typescript/bin/cli.js',
    args: (from: string, to: string) => [from, '--output', to],
  },
  {
    name: 'orval',
    script: 'node_modules/orval/dist/bin/orval.mjs',
    args: (from: string, to: string) => ['--input', from, '--output', to, '--client', 'fetch'],
  },
] as const;

/**
 * Generates clients of all services by each generator, and type-checks them. Faults are a sentence
 * each.
 */
export async function typescriptClientFaults(signal: AbortSignal): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tokengrid-clients-'));
  try {
    const documents = await writeDocuments(join(folder, 'documents'));
    const faults = documents.flatMap((document) => document.faults);
    if (documents.length === 0) faults.push('no service is built');
    for (const document of documents) faults.push(...(await generate(document, folder, signal)));
    return faults.length > 0 ? faults : await typeFaults(folder, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function generate(document: WrittenDocument, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const generated = generators.map(async ({ name, script, args }) => {
    const to = join(folder, `${document.service}.${name}.ts`);
    const { code, output } = await runProgram(process.execPath, [join(root, script), ...args(document.path, to)], {
      output: 'kept',
      signal,
    });
    return code === 0 ? [] : [`${name} generates no client of ${document.service}: ${output.trim()}`];
  });
  return (await Promise.all(generated)).flat();
}

const compilerOptions = {
  ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
  ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom', 'dom.iterable'] },
};

async function typeFaults(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { code, output } = await runProgram(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    output: 'kept',
    signal,
  });
  return code === 0 ? [] : output.trim().split('\n');
}

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../root.ts';
import { runProgram } from '../run-program.ts';
import { NotHere } from '../step.ts';
import { writeDocuments } from './documents.ts';

const requirements = join(root, 'tools/checks/src/clients/python-requirements.txt');
/** Folder of the installed generator. */
const home = join(root, 'node_modules/.cache/openapi-python-client');

/**
 * Generates Python clients of all services. Faults are a sentence each; a warning is a fault,
 * because it means that something is left out.
 * @throws NotHere without a Python with venv, or a source for the generator
 */
export async function pythonClientFaults(signal: AbortSignal): Promise<readonly string[]> {
  const programs = await install(signal);
  const folder = mkdtempSync(join(tmpdir(), 'tokengrid-python-'));
  const env = { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` };
  const faults: string[] = [];
  try {
    for (const { service, path } of await writeDocuments(join(folder, 'documents'))) {
      const args = ['generate', '--path', path, '--output-path', join(folder, service), '--fail-on-warning'];
      const { code, output } = await runProgram(join(programs, 'openapi-python-client'), args, {
        ...{ env, output: 'kept', signal },
      });
      if (code !== 0)
        faults.push(`openapi-python-client does not generate a complete client of ${service}: ${output.trim()}`);
    }
    return faults;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs the generator, unless it is installed. Returns the folder of its programs. */
async function install(signal: AbortSignal): Promise<string> {
  const programs = join(home, 'bin');
  if (existsSync(join(programs, 'openapi-python-client'))) return programs;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { output: 'kept', signal });
  rmSync(home, { recursive: true, force: true });
  const made = await run('python3', ['-m', 'venv', home]).catch(() => ({ code: 1 }));
  if (made.code !== 0) throw new NotHere('python3 with venv is missing; .ci/run installs it');
  const { code, output } = await run(join(programs, 'pip'), ['install', '--quiet', '--requirement', requirements]);
  if (code === 0) return programs;
  rmSync(home, { recursive: true, force: true });
  throw new NotHere(`pip cannot install the generator: ${output.trim().split('\n').at(-1)}`);
}

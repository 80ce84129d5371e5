import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installed, pythonEnvironment } from '../python/python-program.ts';
import { runProgram } from '../run-program.ts';
import { writeDocuments } from './documents.ts';

const generator = {
  name: 'openapi-python-client',
  requirements: 'tools/checks/src/clients/python-requirements.txt',
};

/**
 * Generates Python clients of all services. Faults are a sentence each; a warning is a fault,
 * because it means that something is left out.
 * @throws NotHere without a Python with venv, or a source for the generator
 */
export async function pythonClientFaults(signal: AbortSignal): Promise<readonly string[]> {
  const programs = await installed(generator, signal);
  const folder = mkdtempSync(join(tmpdir(), 'tokengrid-python-'));
  const env = { ...pythonEnvironment, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` };
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

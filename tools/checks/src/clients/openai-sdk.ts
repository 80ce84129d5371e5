import { join } from 'node:path';
import { installed } from '../python/python-program.ts';
import { runProgram } from '../run-program.ts';

const sdk = { name: 'openai', requirements: 'tools/checks/src/clients/openai-requirements.txt' };
const program = 'e2e/dist/python-sdk/main.js';
/** Lines that a fault quotes. */
const quotedLines = 30;

/**
 * Runs the SDK of OpenAI for Python at a gateway on a whole stack.
 * @throws NotHere without a Python with venv, or a source for the SDK
 */
export async function openAiSdkFaults(signal: AbortSignal): Promise<readonly string[]> {
  const programs = await installed(sdk, signal);
  const { code, output } = await runProgram(
    process.execPath,
    ['--enable-source-maps', program, join(programs, 'python')],
    { output: 'kept', signal },
  );
  if (code === 0) return [];
  return [
    `the SDK of OpenAI for Python fails at the gateway:\n${output.trim().split('\n').slice(-quotedLines).join('\n')}`,
  ];
}

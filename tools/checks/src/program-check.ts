import { join } from 'node:path';
import { root } from './root.ts';
import { runProgram } from './run-program.ts';
import type { Step, Tally } from './step.ts';

/**
 * Environment of Nx without its background process, which would stay, and without its terminal UI.
 */
const nxEnvironment = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };

/** A check by another program: it passes if that ends with 0, and shows its output otherwise. */
export function programCheck(name: string, holds: string, script: string, args: readonly string[]): Step {
  const run = async (signal: AbortSignal): Promise<Tally> => {
    const { code, output } = await runProgram(process.execPath, [join(root, script), ...args], {
      env: { ...nxEnvironment, FORCE_COLOR: '0' },
      output: 'kept',
      signal,
    });
    if (code === 0) return { passed: 1, failed: 0, failures: [] };
    console.error(output.trim().replace(/^/gm, '    '));
    return { passed: 0, failed: 1, failures: [`${name} failed: ${holds}`] };
  };
  return { name, group: 'checks', holds, run };
}

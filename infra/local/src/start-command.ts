import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseStartOptions, startOptionsHelp } from './command-options.ts';
import { say } from './console-output.ts';
import { homePaths, repositoryRoot } from './home.ts';
import { startTimeOf } from './process-identity.ts';
import { aborted, stopSignal } from './stop-signals.ts';
import { startTold, stopTold } from './up-command.ts';
import { guard, unguard } from './watchdog.ts';

const help = `start: \`up\`, then the story on a real usage trace with every amount checked; stays until Ctrl-C

  --once                 end after the story, with exit code 0 only if every check held
${startOptionsHelp}`;

/**
 * `start`: the stack and the story. The services' logs go to their files only, so that it
 * stays readable.
 */
export async function start(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args, 'once');
  if (options.help) {
    console.log(help);
    return 0;
  }
  const signal = stopSignal(say);
  const stack = await startTold(options, signal);
  if (!stack) return 130;
  try {
    say(`the services' logs are in ${homePaths(stack.home).logs}`);
    const code = await tellStory(stack.home, signal);
    if (options.once || signal.aborted) return code;
    say(
      code === 0
        ? 'the stack stays up: Ctrl-C ends it'
        : `the story failed (exit code ${code}); the stack stays up: Ctrl-C ends it`,
    );
    await aborted(signal);
    return code;
  } finally {
    await stopTold(stack);
  }
}

/** Runs the story against the stack of this home and resolves with its exit code. */
async function tellStory(home: string, signal: AbortSignal): Promise<number> {
  const cli = join(repositoryRoot, 'tools', 'cli', 'dist', 'main.js');
  if (!existsSync(cli)) throw new Error(`The story is not built: ${cli} is missing. Run \`npx nx build cli\`.`);
  const child = spawn(process.execPath, ['--enable-source-maps', cli, 'story'], {
    stdio: 'inherit',
    env: { ...process.env, TOKENGRID_HOME: home },
  });
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 130));
  });
  const { pid } = child;
  if (pid !== undefined) guard({ name: 'story', pid, startedAt: startTimeOf(pid) ?? 'gone', endSignal: 'SIGTERM' });
  void aborted(signal).then(() => child.kill('SIGTERM'));
  const code = await exit;
  if (pid !== undefined) unguard(pid);
  return code;
}

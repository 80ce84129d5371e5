import { parseStartOptions, startOptionsHelp } from './command-options.ts';
import type { StartOptions } from './command-options.ts';
import { say, serviceLinePrinter } from './console-output.ts';
import { upDetached } from './detached.ts';
import { resolveHome } from './home.ts';
import { aborted, stopSignal } from './stop-signals.ts';
import { summary } from './summary.ts';
import { startStack } from './supervisor.ts';
import type { Stack } from './supervisor.ts';

const help = `up: starts Kafka, Postgres and every service; stays until Ctrl-C

  --detach               run in the background once all is ready; \`npm run down\` stops it
${startOptionsHelp}`;

/**
 * `up`: the stack in the foreground until it is stopped, with its services' logs on standard
 * output.
 */
export async function up(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args, 'detach');
  if (options.help) {
    console.log(help);
    return 0;
  }
  if (options.detach) return upDetached(args.filter((arg) => arg !== '--detach'));
  const signal = stopSignal(say);
  const stack = await startTold(options, signal, serviceLinePrinter());
  if (!stack) return 0;
  await aborted(signal);
  await stopTold(stack);
  return 0;
}

/** Starts the stack and prints its summary. Undefined if it was stopped before it was ready. */
export async function startTold(
  { brokers, instances }: StartOptions,
  signal: AbortSignal,
  serviceLine?: (part: string, line: string) => void,
): Promise<Stack | undefined> {
  const begun = Date.now();
  const home = resolveHome();
  say(`starting in ${home}`);
  try {
    const stack = await startStack({ home, brokers, instances, say, signal, ...(serviceLine ? { serviceLine } : {}) });
    say(`ready in ${seconds(begun)} s\n\n${summary(stack.run, home)}\n`);
    return stack;
  } catch (error) {
    if (!signal.aborted) throw error;
    say('stopped before all was ready');
    return undefined;
  }
}

export async function stopTold(stack: Stack): Promise<void> {
  const begun = Date.now();
  await stack.stop();
  say(`stopped in ${seconds(begun)} s`);
}

function seconds(begun: number): string {
  return ((Date.now() - begun) / 1000).toFixed(1);
}

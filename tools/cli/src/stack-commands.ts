import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const bootstrap = fileURLToPath(new URL('../../../infra/local/bootstrap.mjs', import.meta.url));

const commands = {
  up: 'starts Kafka, Postgres and every service, like `npm run up`',
  down: 'stops the running stack, like `npm run down`; the data stays',
} as const;

/** `up` and `down`: the embedded stack's own commands, with their own options. */
export function registerStack(program: Command): void {
  for (const [name, description] of Object.entries(commands)) {
    program
      .command(name)
      .description(description)
      .argument('[options...]', `options of \`npm run ${name}\``)
      .helpOption(false)
      .allowUnknownOption()
      .action((args: readonly string[]) => runBootstrap([name, ...args]));
  }
}

async function runBootstrap(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [bootstrap, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

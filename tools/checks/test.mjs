#!/usr/bin/env node
/**
 * `npm test`: all checks and tests, from a clean clone on. Plain JavaScript for Node 20, because
 * nothing is installed when it starts; after the preparations it hands over to the runner, on the
 * project's Node.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const node = join(root, 'node_modules', '.bin', 'node');
const runner = join(root, 'tools', 'checks', 'dist', 'main.js');
const args = process.argv.slice(2);
// Named specs run from source; the runner builds for those that need it.
const namesSpecs = args.length > 0 && args.every((arg) => !arg.startsWith('-'));
const isReady = (args.includes('--help') || namesSpecs) && existsSync(runner) && existsSync(node);
const parentPollMs = 500;

const prepared = isReady ? 0 : await run(process.execPath, [join(root, 'infra', 'local', 'bootstrap.mjs'), 'prepare']);
if (prepared !== 0) {
  // A failed preparation counts as a failed check, for readers of the last line.
  console.error('\nnothing was tested: the preparations failed (see above)');
  console.log('0 passed, 1 failed');
}
process.exitCode = prepared || (await run(node, ['--enable-source-maps', runner, ...args]));

/**
 * Runs a program in our place: its output, signals and exit code are ours, and it ends when our
 * parent does.
 */
function run(program, programArgs) {
  // Compiled code is kept between starts of programs: services, command lines, compilers.
  const compiled = join(root, 'node_modules', '.cache', 'tokengrid', 'compiled');
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env };
  const child = spawn(program, programArgs, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  const parent = process.ppid;
  const timer = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), parentPollMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(timer);
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}

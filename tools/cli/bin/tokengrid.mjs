#!/usr/bin/env node
/**
 * `npx tokengrid …`: hands over to the project's Node (`node_modules/.bin/node`), because npx uses
 * the machine's. Plain JavaScript, so that it can report a missing build.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const node = join(root, 'node_modules', '.bin', 'node');
const main = join(root, 'tools', 'cli', 'dist', 'main.js');

if (!existsSync(node) || !existsSync(main)) {
  console.error('tokengrid is not built yet: run `npm start` once (it installs and builds), then try again.');
  process.exit(1);
}
const child = spawn(node, ['--enable-source-maps', main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  console.error(`${node} can't be run: ${error.message}`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));

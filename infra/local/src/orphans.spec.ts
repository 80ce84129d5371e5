import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { homePaths } from './home.ts';
import { startTimeOf } from './process-identity.ts';
import { readRunFile } from './run-file.ts';
import { startStack } from './supervisor.ts';
import { eventually, temporaryHome } from './testing.ts';

const home = temporaryHome();
const program = `
  import { startStack } from ${JSON.stringify(fileURLToPath(new URL('./index.ts', import.meta.url)))};
  await startStack({ home: ${JSON.stringify(home)}, services: 'none', ports: 'free' });
`;

afterAll(() => rmSync(home, { recursive: true }));

describe('a supervisor that is killed', () => {
  it('is survived by nothing, and the next one takes over its home', async () => {
    const args = ['--experimental-transform-types', '--no-warnings', '--input-type=module', '-e', program];
    const supervisor = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    await eventually(() => existsSync(homePaths(home).runFile), 30_000);
    const pids = Object.values(readRunFile(home).processes).flat();
    expect(pids.map(startTimeOf)).not.toContain(undefined);

    supervisor.kill('SIGKILL');
    const tookMs = await eventually(() => pids.every((pid) => startTimeOf(pid) === undefined));
    expect(tookMs).toBeLessThan(5000);
    expect(() => readRunFile(home)).toThrow('No stack is running');

    const says: string[] = [];
    const stack = await startStack({ home, services: 'none', ports: 'free', say: (message) => says.push(message) });
    await stack.stop();
    expect(says[0]).toBe('the last supervisor of this home did not end properly: taking over');
  }, 60_000);
});

import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createHome, homePaths } from './home.ts';
import { startTimeOf, stillRuns } from './process-identity.ts';
import { endLeftovers, lockHolder, recordProcesses, releaseLock, takeLock } from './supervisor-lock.ts';
import { temporaryHome } from './testing.ts';

const home = temporaryHome();
const says: string[] = [];
const say = (message: string) => void says.push(message);

beforeEach(() => {
  createHome(home);
  releaseLock(home);
  says.length = 0;
});
afterAll(() => rmSync(home, { recursive: true }));

describe("the home's lock", () => {
  it('is held by one supervisor; another is told its pid and how to end it', () => {
    takeLock(home, say);
    expect(lockHolder(home)?.pid).toBe(process.pid);
    expect(() => takeLock(home, say)).toThrow(
      `A stack already runs on ${home} (supervisor's pid: ${process.pid}). Stop it first: \`npm run down\`.`,
    );
  });

  it.each([
    ['its process is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' })],
    ['its pid belongs to another process by now', JSON.stringify({ pid: process.ppid, startedAt: '1' })],
    ['it is damaged', '{'],
  ])('is taken over when %s', (_, content) => {
    writeFileSync(homePaths(home).lock, content);
    takeLock(home, say);
    expect(lockHolder(home)?.pid).toBe(process.pid);
    expect(says).toEqual(['the last supervisor of this home did not end properly: taking over']);
  });
});

describe('what an earlier run left', () => {
  it('is ended if it is what was recorded, and left alone if only the pid is', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('spawn', resolve));
    const left = {
      name: 'wallet',
      pid: child.pid!,
      startedAt: startTimeOf(child.pid!)!,
      endSignal: 'SIGTERM',
    } as const;
    recordProcesses(home, [left, { ...left, name: 'another', pid: process.pid, startedAt: '1' }]);
    await endLeftovers(home, say);
    expect(stillRuns(left)).toBe(false);
    expect(says).toEqual([`ending what an earlier run left: wallet (${child.pid!})`]);
    expect(existsSync(homePaths(home).processes)).toBe(false);
  });
});

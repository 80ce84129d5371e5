import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from './run-program.ts';

const { signal } = new AbortController();
const program = `
  const { getPriority } = require('node:os');
  const group = '/proc/self/autogroup';
  const { existsSync, readFileSync } = require('node:fs');
  console.log(getPriority(), existsSync(group) ? readFileSync(group, 'utf8').trim() : '');
`;
const priorities = async (atLowPriority: boolean) => {
  const { output } = await runProgram(process.execPath, ['-e', program], { output: 'kept', atLowPriority, signal });
  return output.trim();
};

describe('a program', () => {
  it('yields to others at low priority, as does its session where the system shares time by sessions', async () => {
    const [own = '', ...group] = (await priorities(true)).split(' ');
    expect(Number(own)).toBe(10);
    expect(group.join(' ')).toMatch(existsSync('/proc/self/autogroup') ? /nice 10$/ : /^$/);
  });

  it('has the priority of its parent otherwise', async () =>
    expect((await priorities(false)).split(' ')[0]).toBe(String(getPriority())));
});

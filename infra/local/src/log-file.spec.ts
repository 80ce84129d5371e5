import { afterAll, describe, expect, it } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from './log-file.ts';
import { temporaryHome } from './testing.ts';

const folder = temporaryHome();
const path = join(folder, 'logs', 'wallet.log');
afterAll(() => rmSync(folder, { recursive: true }));

describe('a log file', () => {
  it('goes on where the last run ended, and moves aside at its limit', async () => {
    const log = new LogFile(path, 8);
    log.writeLine('one');
    await log.close();
    const later = new LogFile(path, 8);
    later.writeLine('two');
    later.writeLine('three');
    await later.close();
    expect(readFileSync(path, 'utf8')).toBe('three\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
  });

  it('can be written to again after it was closed', async () => {
    const log = new LogFile(path);
    log.writeLine('four');
    await log.close();
    log.writeLine('five');
    await log.close();
    expect(readFileSync(path, 'utf8')).toBe('three\nfour\nfive\n');
  });
});

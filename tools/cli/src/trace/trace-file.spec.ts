import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { readTrace } from './trace-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokengrid-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['\n', '\r\n', '\r'])(
  'a trace is read whatever its lines end with, though its header ends in %j',
  async (end) => {
    const file = join(folder, 'trace.csv');
    const row = (second: number) => `2023-11-16 18:15:0${second},10,20`;
    const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';
    writeFileSync(file, `\ufeff${header}${end}${row(1)}\r\n"${row(2).replace(',', '",')}\n${row(3)}\r${row(4)}`);
    const { rows, bad } = await readTrace(file);
    expect(bad).toEqual([]);
    expect(rows.map(({ time }) => new Date(time).getUTCSeconds())).toEqual([1, 2, 3, 4]);
  },
);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { subscribersIn } from './subscribers-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokengrid-subscribers-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: string | Buffer) {
  const file = join(folder, 'file.csv');
  writeFileSync(file, content);
  return linesOf(file);
}

async function linesOf(file: string) {
  const lines: object[] = [];
  for await (const line of subscribersIn(file)) lines.push(line);
  return lines;
}

const li = { msisdn: '+8613800000001', name: 'Li Wei' };

describe('a file of subscribers', () => {
  it.each(['\n', '\r\n'])('is read by RFC 4180, with lines that end in %j', async (end) => {
    const rows = ['msisdn,name', '+8613800000001,Li Wei', '"+8613800000002","Wang ""Fang"", 王芳"', ''];
    expect(await read(rows.join(end))).toEqual([
      { line: 2, ...li },
      { line: 3, msisdn: '+8613800000002', name: 'Wang "Fang", 王芳' },
    ]);
  });

  it('has its columns in whatever order, and may begin with a mark of UTF-8', async () => {
    expect(await read('\ufeffName, MSISDN\nLi Wei, +8613800000001')).toEqual([{ line: 2, ...li }]);
  });

  it('tells lines with other fields, and numbers that come again', async () => {
    const rows = ['msisdn,name', '+8613800000001,Li Wei', '', '+8613800000002', '+8613800000001,Li', '1,2,3'];
    expect(await read(rows.join('\n'))).toEqual([
      { line: 2, ...li },
      { line: 4, reason: 'has 1 fields instead of 2' },
      { line: 5, reason: 'has the same number as line 2' },
      { line: 6, reason: 'has 3 fields instead of 2' },
    ]);
  });

  it('has the lines of a long file, whatever pieces it is read in', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `+86138${String(at).padStart(8, '0')},王芳 ${at}`);
    const lines = await read(['msisdn,name', ...rows].join('\n'));
    expect(lines).toHaveLength(20_000);
    expect(lines.at(-1)).toEqual({ line: 20_001, msisdn: '+8613800019999', name: '王芳 19999' });
  });

  it.each([
    ['', /file\.csv is empty/],
    ['msisdn\n+86', /file\.csv:1: the column name is missing/],
    ['+8613800000001,Li Wei', /file\.csv:1: the column msisdn and name is missing/],
    ['msisdn;name\n', /file\.csv:1: the column msisdn and name is missing.*comma/],
    ['msisdn,name,vip\n', /file\.csv:1: unknown or repeated column "vip"/],
    ['msisdn,name,name\n', /file\.csv:1: unknown or repeated column "name"/],
    ['msisdn,name\n+861,"Li', /file\.csv:2: is no CSV \(CSV_QUOTE_NOT_CLOSED\)/],
    ['msisdn,name\n+861,Li "Wei"', /file\.csv:2: is no CSV/],
    [`msisdn,name\n+861,${'x'.repeat(10_001)}\n+862,Li`, /file\.csv:2: the line has more than 10000 bytes/],
    ['x'.repeat(300_000), /file\.csv:1: the line has more than 10000 bytes/],
    [`msisdn,name\n+861,"${'\n'.repeat(10_001)}"`, /file\.csv:\d+: is no CSV \(CSV_MAX_RECORD_SIZE\)/],
    [Buffer.from('msisdn,name\n+861,\xc0\xee\xce\xb0\n', 'latin1'), /file\.csv:2: the file is not UTF-8; convert it/],
    [Buffer.from('\ufeffmsisdn,name\n', 'utf16le'), /file\.csv:1: the file is UTF-16; convert it/],
  ])('is none: %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('has to be there', async () => {
    await expect(linesOf('/nowhere.csv')).rejects.toThrow("/nowhere.csv can't be read");
  });
});

import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvAnswer, csvField } from './csv.ts';

interface Row {
  readonly id: string;
  readonly tokens: string | bigint;
  readonly memo?: string | undefined;
}

const columns = [{ name: 'id' }, { name: 'tokens', isAmount: true }, { name: 'memo' }] as const;

async function csvOf(rows: readonly Row[], bom = false): Promise<string> {
  async function* pages() {
    yield rows.slice(0, 1);
    yield rows.slice(1);
  }
  return text(csvAnswer<Row>({ name: 'rows', columns, bom }, pages()).body as Readable);
}

/** Parses CSV by RFC 4180. */
const read = (csv: string) =>
  parse<Record<string, string>>(csv, { columns: true, record_delimiter: '\r\n', bom: true, relax_quotes: false });

const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

describe('a table as CSV', () => {
  it('has numbers for programs with all of their digits, and guards what is none', async () => {
    async function* costs() {
      await Promise.resolve();
      yield [{ cost: '-0.00000000000000001234' }, { cost: '-12345678901234567890' }, { cost: '-1+2' }];
    }
    const options = { name: 'costs', columns: [{ name: 'cost', isDecimal: true }] as const, bom: false };
    const csv = await text(csvAnswer(options, costs()).body as Readable);
    expect(csv).toBe('cost\r\n-0.00000000000000001234\r\n-12345678901234567890\r\n"\'-1+2"\r\n');
  });

  it('is what RFC 4180 says, whatever lines end with inside of fields', async () => {
    const memos = ['a\nb', 'a\rb', 'a\r\nb', 'a "b" c', 'a,b', '', 'a;b', ' a '];
    const rows = memos.map((memo, place) => ({ id: `row/${place}`, tokens: '1', memo }));
    const csv = await csvOf(rows);
    expect(read(csv)).toEqual(rows);
    expect(csv.slice(0, 16)).toBe('id,tokens,memo\r\n');
    expect(csv.endsWith('\r\n')).toBe(true);
    for (const field of ['a\nb', 'a\rb', 'a"b', 'a,b', 'a;b', ' a']) expect(csvField(field)).toMatch(/^".*"$/s);
  });

  it('begins with a byte order mark on request', async () => {
    expect((await csvOf([], true)).charCodeAt(0)).toBe(0xfeff);
    expect(await csvOf([])).toBe('id,tokens,memo\r\n');
  });

  it('keeps amounts as numbers up to 15 digits, and as text beyond', async () => {
    const amounts = ['0', '-1', '999999999999999', '-999999999999999', '1000000000000000', 10n ** 30n];
    const found = read(await csvOf(amounts.map((tokens) => ({ id: 'a', tokens }))));
    expect(found.map(({ tokens }) => tokens)).toEqual([...amounts.slice(0, 4), "'1000000000000000", `'${10n ** 30n}`]);
  });

  it.each([
    ...['=1+1', '+1', '-1', '@x', '\tx', '\rx', '\nx', '  =1', '\u00a0=1', '\ufeff=1', '"=1', "'=1"],
    ...['＝1', '＋1', '－1', '＠x', '\u200b=1', '\0=1'],
  ])('has no formula in %j', (field) => {
    expect(read(`memo\r\n${csvField(field)}\r\n`)[0]!['memo']).toBe(`'${field}`);
  });

  it.each([
    ['a;=1', "a;'=1"],
    ['\t=1', "'\t'=1"],
    ['\r\n=1', "'\r\n'=1"],
    ['a,-1', "a,'-1"],
    ['a\n=1', "a\n'=1"],
    ['a\t +1', "a\t '+1"],
    ['x"\r\n=1', 'x"\r\n\'=1'],
    ['1-1', '1-1'],
    ['a@b.example', 'a@b.example'],
  ])('has none after a separator within %j either', (field, kept) => {
    expect(read(`memo\r\n${csvField(field)}\r\n`)[0]!['memo']).toBe(kept);
  });

  it('is read back as it was, or guarded, whatever the text', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'binary' }).map((memo) => memo.toWellFormed()),
          { minLength: 1 },
        ),
        async (memos) => {
          const found = read(await csvOf(memos.map((memo) => ({ id: 'a', tokens: 1n, memo }))));
          expect(found).toHaveLength(memos.length);
          found.forEach(({ memo = '' }, place) => {
            expect(memo).not.toMatch(formula);
            for (const part of memo.split(/[,;|\t\r\n]/)) expect(part).not.toMatch(formula);
            expect(memo.replaceAll("'", '')).toBe(memos[place]!.replaceAll("'", ''));
          });
        },
      ),
    ));
});

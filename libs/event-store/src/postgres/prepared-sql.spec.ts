import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import fc from 'fast-check';
import pg from 'pg';
import { preparedSql } from './prepared-sql.ts';

let postgres: BorrowedPostgres;
let pool: pg.Pool;
/** Parameters passed to `pg`. */
let sent: readonly unknown[] = [];

beforeAll(async () => {
  postgres = await borrowPostgres('prepared');
  pool = new pg.Pool({ connectionString: postgres.url('prepared') });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

function query<Row extends pg.QueryResultRow>(text: string, parameters: readonly unknown[]) {
  const statement = preparedSql(text, parameters);
  sent = statement.values!;
  return pool.query<Row>(statement);
}

/** Array as Postgres reads it, as text. */
async function read(type: string, values: readonly unknown[]): Promise<(string | null)[]> {
  const text = `select value::text from unnest($1::${type}[]) with ordinality each (value, place) order by place`;
  const { rows } = await query<{ value: string | null }>(text, [values]);
  return rows.map(({ value }) => value);
}

const asText = (values: readonly unknown[]) => values.map((value) => (value === null ? null : String(value)));

const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const kinds: readonly (readonly [type: string, values: fc.Arbitrary<string | number | null>])[] = [
  ['text', fc.option(text)],
  ['int', fc.integer()],
  ['int4', fc.integer()],
  ['bigint', fc.maxSafeInteger()],
  ['int8', fc.maxSafeInteger()],
  ['numeric', fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map(String)],
];

describe('what a projection writes', () => {
  it.each(kinds)('arrives as it was, in binary form: %s[]', async (type, value) => {
    await fc.assert(
      fc.asyncProperty(fc.array(value), async (values) => {
        expect(await read(type, values)).toEqual(asText(values));
        expect(sent).toEqual([expect.any(Buffer)]);
      }),
    );
  });

  it.each<readonly [type: string, values: readonly unknown[]]>([
    ['numeric', ['1', '0.000001', '-2.5']],
    ['numeric', ['12', null]],
    ['bigint', [1, null, 3]],
    ['bigint', ['9007199254740993']],
    ['int', [1, null]],
    ['boolean', [true, false, null]],
  ])('arrives as it was, in text form where an array has members of other kinds: %s[] of %j', async (type, values) => {
    expect(await read(type, values)).toEqual(asText(values));
    expect(sent).toEqual([values]);
  });

  it('arrives as it was, in text form where the text casts it to two types', async () => {
    const text = 'select a::text from unnest($1::text[]) a union all select (b + 1)::text from unnest($1::int[]) b';
    expect((await query(text, [['1']])).rows).toEqual([{ a: '1' }, { a: '2' }]);
    expect(sent).toEqual([['1']]);
  });

  it.each([
    ['text', ['nul \0']],
    ['int', [2 ** 31]],
  ])('is refused where Postgres has no room for it: %s[] of %j', async (type, values) => {
    await expect(read(type, values)).rejects.toThrow();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import { withPool } from '../connections/connections.ts';
import { unreadablePersons } from './unreadable-persons.ts';

const serverMs = 60_000;
const person = (letter: string) => `usr_${letter.repeat(26)}`;
const [ada, bo, cy] = ['a', 'b', 'c'].map(person) as [string, string, string];
const sealed = (personId: string) => `enc:v1:${personId}:aXY:Y2lwaGVydGV4dA`;

let postgres: BorrowedPostgres;

beforeAll(async () => {
  postgres = await borrowPostgres('restored', 'whole', 'empty');
  await withPool(postgres.url('restored'), async (pool) => {
    await pool.query('create table events (value bytea)');
    const values = [
      { name: sealed(ada), owner: { name: sealed(bo), email: sealed(bo) } },
      { reason: 'nobody is named' },
      { name: sealed(cy) },
    ];
    for (const value of values) await pool.query('insert into events values ($1)', [JSON.stringify(value)]);
  });
  await withPool(postgres.url('whole'), async (pool) => {
    await pool.query('create table person_keys (person_id text primary key, wrapped_key bytea)');
    await pool.query(`insert into person_keys values ($1, 'key'), ($2, null)`, [ada, bo]);
  });
}, serverMs);
afterAll(() => postgres?.stop(), serverMs);

const unreadableBy = (keyStore: string) =>
  withPool(postgres.url('restored'), (identity) =>
    withPool(postgres.url(keyStore), (keys) => unreadablePersons(identity, keys)),
  );

describe('persons in events that came back', () => {
  it('are unreadable if their key was destroyed, or if the key store has none', async () => {
    expect(await unreadableBy('whole')).toEqual({ erased: [bo], lost: [cy] });
  });

  it.each([
    ['is new and empty', 'empty'],
    ['is not there', 'gone'],
  ])('are all unreadable where the key store %s', async (_, keyStore) => {
    expect(await unreadableBy(keyStore)).toEqual({ erased: [], lost: [ada, bo, cy] });
  });

  it('are not said to be lost by a key store that does not answer', async () => {
    const away = withPool(postgres.url('restored'), (identity) =>
      withPool('postgres://nobody@127.0.0.1:1/keys', (keys) => unreadablePersons(identity, keys)),
    );
    await expect(away).rejects.toThrow('ECONNREFUSED');
  });
});

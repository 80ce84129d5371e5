import { randomUUID } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { encodeData, hashOf } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import type pg from 'pg';
import { lanes } from './stage.ts';
import { type Account, account, benchCatalogue, move, upsertBalances, wallets } from './transfers.ts';

/**
 * What the lanes are measured against: the same schema and the same rows, one transaction per command, which locks its lane's row,
 * looks for its id, loads its stream, decides and writes.
 */
export async function moveInOneTransaction(pool: pg.Pool): Promise<void> {
  const from = wallets[Math.floor(Math.random() * wallets.length)]!;
  const to = wallets[Math.floor(Math.random() * wallets.length)]!;
  const lane = laneOf(from, lanes);
  const id = randomUUID();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const head = await client.query<{ sequence: string; hash: Buffer }>({
      name: 'lock',
      text: 'select sequence, hash from lanes where lane = $1 for update',
      values: [lane],
    });
    const known = await client.query({
      name: 'known',
      text: 'select from commands where command_id = $1',
      values: [id],
    });
    if (known.rowCount) throw new Error('a random id came twice');
    const stored = await client.query<{ revision: number; state: Buffer }>({
      name: 'state',
      text: 'select revision, state from streams where stream_id = $1',
      values: [from],
    });
    const before: Account = stored.rows[0] ? deserialize(stored.rows[0].state) : account.initial;
    const revision = (stored.rows[0]?.revision ?? 0) + 1;
    const [decided] = move(before, { from, to, tokens: 5n }, { time: Date.now(), lane, lanes, system: undefined });
    if (!decided || 'systemEvent' in decided) throw new Error('a move states one event of its own stream');
    const sequence = Number(head.rows[0]!.sequence) + 1;
    const unhashed = {
      service: benchCatalogue.service,
      lane,
      sequence,
      streamId: from,
      revision,
      type: decided.type,
      version: 1,
      time: Date.now(),
      commandId: id,
      inputHash: undefined,
      causationId: id,
      correlationId: id,
      traceparent: undefined,
      value: encodeData(decided.data),
    };
    const hash = Buffer.from(hashOf(unhashed, head.rows[0]!.hash.toString('hex')), 'hex');
    await client.query({
      name: 'event',
      text: 'insert into events values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
      values: [
        lane,
        sequence,
        from,
        revision,
        decided.type,
        1,
        unhashed.time,
        id,
        null,
        id,
        id,
        null,
        hash,
        unhashed.value,
      ],
    });
    await client.query({
      name: 'command',
      text: 'insert into commands values ($1, $2, $3, 1, null)',
      values: [id, lane, sequence],
    });
    await client.query({
      name: 'stream',
      text: `insert into streams values ($1, $2, 1, $3)
             on conflict (stream_id) do update set revision = excluded.revision, state = excluded.state`,
      values: [from, revision, serialize(account.evolve(before, decided))],
    });
    await client.query({
      name: 'balance',
      text: upsertBalances,
      values: [
        [`wallet:${from}:available`, `lane:${lane}:in-transit`],
        ['-5', '5'],
      ],
    });
    await client.query({
      name: 'lane',
      text: 'update lanes set sequence = $2, hash = $3 where lane = $1',
      values: [lane, sequence, hash],
    });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

import { randomUUID } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { encodeData, hashOf } from '@tokengrid/contracts';
import { laneOf, utcCalendar } from '@tokengrid/kernel';
import type pg from 'pg';
import { columnsOfOrigin, columnsToCommand } from './event-columns.ts';
import { lanes } from './stage.ts';
import { type Account, account, benchCatalogue, move, upsertBalances, wallets } from './transfers.ts';

/**
 * Baseline of the lanes: the same schema and rows, with one transaction per command, which locks
 * its lane's row, looks up its id, loads its stream, decides and writes.
 */
export async function moveInOneTransaction(pool: pg.Pool): Promise<void> {
  const from = wallets[Math.floor(Math.random() * wallets.length)]!;
  const to = wallets[Math.floor(Math.random() * wallets.length)]!;
  const lane = laneOf(from, lanes);
  const client = await pool.connect();
  try {
    await client.query('begin');
    await store(client, decide(await load(client, lane, from), to));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** Facts on which a command is decided. */
interface Loaded {
  readonly lane: number;
  readonly streamId: string;
  readonly commandId: string;
  readonly sequence: number;
  readonly previousHash: string;
  readonly revision: number;
  readonly state: Account;
}

async function load(client: pg.PoolClient, lane: number, streamId: string): Promise<Loaded> {
  const commandId = randomUUID();
  const head = await client.query<{ sequence: string; hash: Buffer }>({
    name: 'lock',
    text: 'select sequence, hash from lanes where lane = $1 for update',
    values: [lane],
  });
  const known = await client.query({
    name: 'known',
    text: 'select from commands where lane = $1 and command_id = $2',
    values: [lane, commandId],
  });
  if (known.rowCount) throw new Error('a random id occurred twice');
  const stored = await client.query<{ revision: number; state: Buffer }>({
    name: 'state',
    text: 'select revision, state from streams where lane = $1 and stream_id = $2',
    values: [lane, streamId],
  });
  return {
    lane,
    streamId,
    commandId,
    sequence: Number(head.rows[0]!.sequence),
    previousHash: head.rows[0]!.hash.toString('hex'),
    revision: stored.rows[0]?.revision ?? 0,
    state: stored.rows[0] ? deserialize(stored.rows[0].state) : account.initial,
  };
}

function decide({ lane, streamId, commandId, sequence, previousHash, revision, state }: Loaded, to: string) {
  const time = Date.now();
  const [decided] = move(
    state,
    { from: streamId, to, tokens: 5n },
    { time, calendar: utcCalendar, lane, lanes, system: undefined, found: () => undefined },
  );
  if (!decided || 'systemEvent' in decided) throw new Error('a move states one event of its own stream');
  const event = {
    service: benchCatalogue.service,
    lane,
    sequence: sequence + 1,
    streamId,
    revision: revision + 1,
    type: decided.type,
    version: 1,
    time,
    commandId,
    inputHash: undefined,
    causationId: commandId,
    correlationId: commandId,
    actor: 'bench',
    traceparent: undefined,
    value: encodeData(decided.data),
  };
  const hash = Buffer.from(hashOf(event, previousHash), 'hex');
  return { event, hash, state: serialize(account.evolve(state, decided)) };
}

async function store(client: pg.PoolClient, { event, hash, state }: ReturnType<typeof decide>): Promise<void> {
  const { lane, sequence, streamId, revision, commandId, value } = event;
  await client.query({
    name: 'event',
    text: 'insert into events values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9, $10, $11, null, $12, $13)',
    values: [...columnsToCommand(event), ...columnsOfOrigin(event), hash, value],
  });
  await client.query({
    name: 'command',
    text: 'insert into commands values ($1, $2, $3, 1, null)',
    values: [lane, commandId, sequence],
  });
  await client.query({
    name: 'stream',
    text: `insert into streams values ($1, $2, $3, 1, $4)
           on conflict (lane, stream_id) do update set revision = excluded.revision, state = excluded.state`,
    values: [lane, streamId, revision, state],
  });
  await client.query({
    name: 'balance',
    text: upsertBalances,
    values: [lane, [`wallet:${streamId}:available`, `lane:${lane}:in-transit`], ['-5', '5']],
  });
  await client.query({
    name: 'lane',
    text: 'update lanes set sequence = $2, hash = $3 where lane = $1',
    values: [lane, sequence, hash],
  });
}

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { serialize } from 'node:v8';
import { encodeData, firstPreviousHash, hashOf, type StoredEvent } from '@tokengrid/contracts';
import type { ChainedEvent, EventLog } from '@tokengrid/event-store';
import {
  byteaArray,
  eventArrays,
  eventColumns,
  eventsBetweenStoredStates,
  eventUnnest,
  hexArray,
  int4Array,
  int8Array,
  textArray,
  uuidArray,
} from '@tokengrid/event-store/postgres';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { columnsOfOrigin, columnsToCommand } from './event-columns.ts';
import { lanes } from './stage.ts';
import { benchCatalogue, upsertBalances, wallets } from './transfers.ts';

const state = serialize({ available: 10n ** 18n });

/** Rows as the store would write them, made beforehand: a floor measures only the writing. */
function rowsFor(lane: number, firstSequence: number, count: number): ChainedEvent[] {
  const chained: ChainedEvent[] = [];
  let previousHash = firstPreviousHash;
  for (let index = 0; index < count; index++) {
    const sequence = firstSequence + index;
    const from = wallets[(sequence * 7 + lane) % wallets.length]!;
    const postings = [
      { account: `wallet:${from}:available`, asset: 'AIT', amount: -5n },
      { account: `lane:${lane}:in-transit`, asset: 'AIT', amount: 5n },
    ];
    const id = randomUUID();
    const unhashed = {
      service: benchCatalogue.service,
      lane,
      sequence,
      streamId: `${from}-${lane}`,
      revision: sequence,
      type: 'Moved',
      version: 1,
      time: Date.now(),
      commandId: id,
      inputHash: firstPreviousHash,
      causationId: id,
      correlationId: id,
      actor: 'bench',
      traceparent: undefined,
      value: encodeData({ to: wallets[0], tokens: 5n, postings }),
    };
    const event: StoredEvent = { ...unhashed, hash: hashOf(unhashed, previousHash) };
    chained.push({ event, previousHash });
    previousHash = event.hash;
  }
  return chained;
}

const write = `
  with stored as (insert into events (${eventColumns}) select $1::int4, event.* from unnest(${eventUnnest(2)}) event),
  remembered as (
    insert into commands (lane, command_id, sequence, count, input_hash)
    select $1::int4, id, sequence, 1, hash from unnest($16::uuid[], $17::int8[], $18::bytea[]) c (id, sequence, hash)
  )
  insert into streams (lane, stream_id, revision, state_version, state)
  select $1::int4, stream.* from unnest($19::text[], $20::int4[], $21::int4[], $22::bytea[]) stream
  on conflict (lane, stream_id) do update set revision = excluded.revision, state = excluded.state`;

/** Events of each stream since its state was stored. */
const sinceStored = new Map<string, number>();

/** Streams whose state is due to be stored, as lanes do it, with their last revisions. */
function statesDue(events: readonly StoredEvent[]): Map<string, number> {
  for (const { streamId } of events) sinceStored.set(streamId, (sinceStored.get(streamId) ?? 0) + 1);
  const last = new Map(events.map((event) => [event.streamId, event.revision]));
  const due = [...last].filter(([streamId]) => sinceStored.get(streamId)! >= eventsBetweenStoredStates);
  for (const [streamId] of due) sinceStored.delete(streamId);
  return new Map(due);
}

async function writeByHand(pool: pg.Pool, events: readonly StoredEvent[]): Promise<void> {
  const { lane } = events[0]!;
  const client = await pool.connect();
  const last = statesDue(events);
  const balances = new Map<string, bigint>();
  for (const { streamId } of events) {
    balances.set(streamId, (balances.get(streamId) ?? 0n) - 5n);
    balances.set(`lane:${lane}`, (balances.get(`lane:${lane}`) ?? 0n) + 5n);
  }
  try {
    await client.query('begin');
    await client.query({
      name: 'floor',
      text: write,
      values: [
        lane,
        ...eventArrays(events),
        uuidArray(events.map((event) => event.commandId)),
        int8Array(events.map((event) => event.sequence)),
        hexArray(events.map((event) => event.inputHash)),
        textArray([...last.keys()]),
        int4Array([...last.values()]),
        int4Array([...last].map(() => 1)),
        byteaArray([...last].map(() => state)),
      ],
    });
    await client.query(upsertBalances, [lane, [...balances.keys()], [...balances.values()].map(String)]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

/**
 * Floor 1: the same rows by set-based SQL, `perTransaction` at a time, a connection per lane. Rows
 * per second.
 */
export async function setBasedFloor(pool: pg.Pool, perTransaction: number, seconds: number): Promise<number> {
  const batches = Math.ceil((12_000 * seconds) / perTransaction);
  const made = Array.from({ length: lanes }, (_, lane) =>
    Array.from({ length: batches }, (_, batch) =>
      rowsFor(lane, 1 + batch * perTransaction, perTransaction).map(({ event }) => event),
    ),
  );
  const start = performance.now();
  let rows = 0;
  await Promise.all(
    made.map(async (lane) => {
      for (const events of lane) {
        if (performance.now() - start > seconds * 1000) return;
        await writeByHand(pool, events);
        rows += events.length;
      }
    }),
  );
  return rows / ((performance.now() - start) / 1000);
}

function copyLine(event: StoredEvent): string {
  const columns = [...columnsToCommand(event), `\\\\x${event.inputHash}`, ...columnsOfOrigin(event)];
  return `${columns.join('\t')}\t\\N\t\\\\x${event.hash}\t\\\\x${event.value.toString('hex')}\n`;
}

/** Floor 2: the same event rows by `COPY`, one lane, one connection. Rows per second. */
export async function copyFloor(pool: pg.Pool, rows: number): Promise<number> {
  const lines = rowsFor(0, 1, rows).map(({ event }) => copyLine(event));
  // COPY can't be sent on a connection that pipelines.
  const client = new pg.Client({ ...pool.options, pipeline: false } as pg.ClientConfig);
  await client.connect();
  try {
    const start = performance.now();
    await pipeline(
      Readable.from(chunks(lines, 500)),
      client.query(copyFrom(`copy events (${eventColumns}) from stdin`)),
    );
    return rows / ((performance.now() - start) / 1000);
  } finally {
    await client.end();
  }
}

function* chunks(lines: readonly string[], size: number): Generator<string> {
  for (let at = 0; at < lines.length; at += size) yield lines.slice(at, at + size).join('');
}

/**
 * Floor 3: the same messages by a bare producer, one append of 500 under way per lane. Messages per
 * second.
 */
export async function producerFloor(log: EventLog, topic: string, seconds: number): Promise<number> {
  const made = Array.from({ length: lanes }, (_, lane) => rowsFor(lane, 1, 500));
  const start = performance.now();
  let messages = 0;
  await Promise.all(
    made.map(async (events, lane) => {
      while (performance.now() - start < seconds * 1000) {
        await log.append(topic, lane, events);
        messages += events.length;
      }
    }),
  );
  return messages / ((performance.now() - start) / 1000);
}

import { hashOf, type StoredEvent, walletIdOf } from '@tokengrid/contracts';
import { KafkaLog } from '@tokengrid/event-bus';
import { laneOf } from '@tokengrid/kernel';
import pg from 'pg';
import { v7 } from 'uuid';
import type { Stage } from '../wallet/stage.ts';
import { fillTables, laneEnds, planWallets, tidyUp } from './fill-sql.ts';

const lanes = 6;
const topic = 'tokengrid.wallet';
/** Transfers of an ordinary wallet, in and out in turns, after its opening. */
const transfersEach = 40;
/** Share of all events that the wallet with many entries has. */
const hotShare = 0.2;

export interface Filled {
  readonly events: number;
  /** Wallets of {@link transfersEach} entries. */
  readonly walletIds: readonly string[];
  /** Wallet with {@link hotEntries} entries. */
  readonly hotWalletId: string;
  readonly hotEntries: number;
}

/**
 * Inserts rows for events into the wallet's real tables, as its projections write them, by
 * set-based SQL: commands would take many times as long. The topic gets only the last event of each
 * lane, from which readers continue. The wallet's processes must not run.
 */
export async function fill(stage: Stage, events: number): Promise<Filled> {
  const hotEntries = 2 * Math.round((events * hotShare) / 2);
  const count = Math.ceil((events - hotEntries - 1) / (transfersEach + 1));
  const walletIds = Array.from({ length: count }, newWalletId);
  const hotWalletId = newWalletId();
  const client = new pg.Client({ connectionString: stage.postgres.url('wallet') });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    const all = [...walletIds, hotWalletId];
    await client.query(planWallets, [
      all,
      all.map((walletId) => laneOf(walletId, lanes)),
      all.map((_, index) => (index < count ? transfersEach : hotEntries)),
    ]);
    for (const [step, text] of Object.entries(fillTables)) {
      const started = performance.now();
      await client.query(text);
      console.log(`  ${step.padEnd(20)} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s`);
    }
    await endLanes(client, stage.brokers);
    for (const text of tidyUp) await client.query(text);
  } finally {
    await client.end();
  }
  return { events: hotEntries + 1 + count * (transfersEach + 1), walletIds, hotWalletId, hotEntries };
}

/** An id in the form of a wallet's: 26 digits that sort by creation. */
function newWalletId(): string {
  return walletIdOf(
    `sub_${BigInt(`0x${v7().replaceAll('-', '')}`)
      .toString(32)
      .padStart(26, '0')
      .replace(/[ilou]/g, 'z')}`,
  );
}

interface EndRow extends Pick<StoredEvent, 'lane' | 'revision' | 'type' | 'version' | 'value'> {
  readonly sequence: string;
  readonly time: string;
  readonly stream_id: string;
  readonly command_id: string;
  readonly causation_id: string;
  readonly correlation_id: string;
  readonly hash: Buffer;
}

/**
 * Gives each lane's last event a correct hash, and writes it to the lane, the topic, and the marks
 * of its readers.
 */
async function endLanes(client: pg.Client, brokers: readonly string[]): Promise<void> {
  const log = new KafkaLog({ brokers, clientId: 'bench-fill', requestTimeoutMs: 10_000 });
  const { rows } = await client.query<EndRow>(laneEnds);
  try {
    for (let index = 0; index < rows.length; index += 2) {
      const previousHash = rows[index]!.hash.toString('hex');
      const unhashed = eventOf(rows[index + 1]!);
      const event = { ...unhashed, hash: hashOf(unhashed, previousHash) };
      await log.append(topic, event.lane, [{ event, previousHash }]);
      await goOnFrom(client, event, (await log.offsetsOf(topic, event.lane)).next);
    }
  } finally {
    await log.close();
  }
}

function eventOf(row: EndRow): StoredEvent {
  const { lane, revision, type, version, value } = row;
  return {
    service: 'wallet',
    lane,
    sequence: Number(row.sequence),
    streamId: row.stream_id,
    revision,
    type,
    version,
    time: Number(row.time),
    commandId: row.command_id,
    inputHash: undefined,
    causationId: row.causation_id,
    correlationId: row.correlation_id,
    actor: 'bench',
    traceparent: undefined,
    hash: '',
    value,
  };
}

async function goOnFrom(client: pg.Client, { lane, sequence, hash, time }: StoredEvent, offset: number): Promise<void> {
  const place = [lane, sequence, Buffer.from(hash, 'hex')];
  await client.query('update events set hash = $3 where lane = $1 and sequence = $2', place);
  await client.query('update lanes set sequence = $2, hash = $3, time = $4 where lane = $1', [...place, time]);
  await client.query('update relays set sequence = $2, hash = $3, log_offset = $4 where lane = $1', [...place, offset]);
  await client.query(
    `update subscriber_marks set sequence = $2, hash = $3, log_offset = $4 where lane = $1 and topic = '${topic}'`,
    [...place, offset],
  );
}

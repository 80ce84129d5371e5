import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Postgres } from '@tokengrid/infra-local';
import pg from 'pg';
import { load } from '../latencies.ts';

const batch = 1000;

/** A hand-written system without events, repeats or services: subscribers and their wallets. */
const schema = `
  create table subscribers (
    id uuid primary key default uuidv7(), contact bytea not null unique, name bytea not null, msisdn bytea not null
  );
  create table wallets (subscriber_id uuid primary key, tokens bigint not null);`;

const register = `
  with registered as (
    insert into subscribers (contact, name, msisdn) select * from unnest($1::bytea[], $2::bytea[], $3::bytea[])
    on conflict (contact) do nothing returning id
  )
  insert into wallets select id, 0 from registered`;

/** Registrations per second of a hand-written system. */
export interface Floors {
  readonly batches: number;
  readonly singly: number;
  /** Encryption of the name and number, and HMAC of the number, by one thread. */
  readonly sealed: number;
}

/** Measures the same registrations by SQL alone: in batches of 1,000, and singly. */
export async function sqlFloors(postgres: Postgres, callers: number, seconds: number): Promise<Floors> {
  await postgres.ensureDatabase('floor');
  const pool = new pg.Pool({ connectionString: postgres.url('floor'), max: 8 });
  try {
    await pool.query(schema);
    const each = (count: number) => pool.query({ name: `register ${count}`, text: register, values: people(count) });
    const batches = await load(2, seconds, () => each(batch));
    const singly = await load(callers, seconds, () => each(1));
    const start = performance.now();
    for (let done = 0; done < 20; done++) people(batch);
    const sealed = (20 * batch) / ((performance.now() - start) / 1000);
    return { batches: batches.perSecond * batch, singly: singly.perSecond, sealed };
  } finally {
    await pool.end();
  }
}

const contactKey = randomBytes(32);
let next = 0;

/** Columns of subscribers, sealed with a key of each. */
function people(count: number): Buffer[][] {
  const columns: Buffer[][] = [[], [], []];
  for (let at = 0; at < count; at++) {
    const msisdn = `+998${String(next++).padStart(9, '0')}`;
    const key = randomBytes(32);
    columns[0]!.push(createHmac('sha256', contactKey).update(msisdn).digest());
    columns[1]!.push(sealed(key, `Subscriber ${next}`));
    columns[2]!.push(sealed(key, msisdn));
  }
  return columns;
}

function sealed(key: Buffer, text: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12));
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

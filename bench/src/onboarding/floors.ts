import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Postgres } from '@tokengrid/infra-local';
import pg from 'pg';
import { load } from '../latencies.ts';
import { cpuTimeOf } from '../stack/cpu-time.ts';

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

/** What the same registrations reach and cost by SQL alone. */
export interface Floor {
  readonly perSecond: number;
  /** Processor time of Postgres and of the one process that asks it; `undefined` without /proc. */
  readonly microseconds: number | undefined;
}

/** The same registrations by SQL alone, which are measured beside each figure. */
export class SqlFloor {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly pids: readonly number[],
  ) {}

  static async open(postgres: Postgres): Promise<SqlFloor> {
    await postgres.ensureDatabase('floor');
    const pool = new pg.Pool({ connectionString: postgres.url('floor'), max: 8 });
    await pool.query(schema);
    return new SqlFloor(pool, postgres.pids());
  }

  /** @param size registrations of a statement */
  async measure(callers: number, size: number, seconds: number): Promise<Floor> {
    const before = cpuTimeOf({ Postgres: this.pids });
    let registered = 0;
    const { perSecond } = await load(callers, seconds, async () => {
      await this.pool.query({ name: 'register', text: register, values: people(size) });
      registered += size;
    });
    const after = cpuTimeOf({ Postgres: this.pids });
    const spent = before && after && Object.keys(after).reduce((sum, name) => sum + after[name]! - before[name]!, 0);
    return { perSecond: perSecond * size, microseconds: spent === undefined ? undefined : spent / registered };
  }

  async close(): Promise<void> {
    await this.pool.end();
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

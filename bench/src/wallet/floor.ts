import type { Postgres } from '@tokengrid/infra-local';
import pg from 'pg';
import { type PgbenchRun, runPgbench } from './pgbench.ts';
import type { Reached } from '../latencies.ts';

/** Number of accounts, that of the compared wallets. */
const floorAccounts = 1000;
const floorDatabase = 'floor';
const opening = 1_000_000_000_000n;

/**
 * Hand-written schema for transfers and nothing else: no idempotency, no commands, no events. Both
 * rows are locked in order, so that no deadlock is possible; entries are stored by account, as a
 * statement reads them.
 */
const schema = `
  create table accounts (
    id int primary key,
    balance bigint not null check (balance >= 0)
  ) with (fillfactor = 60);
  create table transfers (
    id bigint generated always as identity primary key,
    sender int not null,
    receiver int not null,
    amount bigint not null check (amount > 0),
    time timestamptz not null default now()
  );
  create table entries (
    account int not null,
    transfer_id bigint not null,
    amount bigint not null,
    balance_after bigint not null,
    primary key (account, transfer_id)
  );
  insert into accounts select id, ${opening} from generate_series(1, ${floorAccounts}) id;
  create function transfer(sender int, receiver int, amount bigint) returns bigint language plpgsql as $$
    declare transfer_id bigint; sender_left bigint; receiver_has bigint;
    begin
      perform from accounts where id in (sender, receiver) order by id for update;
      update accounts set balance = balance - amount where id = sender returning balance into sender_left;
      update accounts set balance = balance + amount where id = receiver returning balance into receiver_has;
      insert into transfers (sender, receiver, amount) values (sender, receiver, amount) returning id into transfer_id;
      insert into entries values
        (sender, transfer_id, -amount, sender_left), (receiver, transfer_id, amount, receiver_has);
      return transfer_id;
    end $$;`;

/** Accounts of a transfer, in pgbench's syntax. */
const scripts = {
  spread: `\\set sender random(1, ${floorAccounts})
\\set receiver (:sender + random(1, ${floorAccounts - 1}) - 1) % ${floorAccounts} + 1
select transfer(:sender, :receiver, 5);
`,
  hot: `\\set sender random(2, ${floorAccounts})
select transfer(:sender, 1, 5);
`,
} as const;

/** Receivers of transfers: any wallet, or a single one. */
export type Shape = keyof typeof scripts;

/** The floor's database. */
export class Floor {
  private constructor(private readonly run: Pick<PgbenchRun, 'pgbench' | 'url' | 'home'>) {}

  static async open(postgres: Postgres, pgbench: string, home: string): Promise<Floor> {
    await postgres.ensureDatabase(floorDatabase);
    const url = postgres.url(floorDatabase);
    await query(url, schema);
    return new Floor({ pgbench, url, home });
  }

  measure(shape: Shape, clients: number, seconds: number): Promise<Reached> {
    return runPgbench({ ...this.run, clients, seconds, script: scripts[shape] });
  }

  /** @throws Error if a transfer was lost or created money: then the floor is invalid */
  async check(): Promise<void> {
    const [row] = await query(
      this.run.url,
      `select (select sum(balance) from accounts) = ${opening * BigInt(floorAccounts)}
        and (select count(*) from entries) = 2 * (select count(*) from transfers) as balanced`,
    );
    if (row?.['balanced'] !== true) throw new Error("the floor's books do not balance");
  }
}

/**
 * Lets Postgres clean up after a case, so that autovacuum and a checkpoint do not slow down the
 * next one.
 */
export async function settle(postgres: Postgres): Promise<void> {
  for (const database of [floorDatabase, 'wallet']) await query(postgres.url(database), 'vacuum (analyze)');
  await query(postgres.url(floorDatabase), 'checkpoint');
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

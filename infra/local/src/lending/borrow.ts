import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startKafka } from '../kafka.ts';
import { ensureDatabase, startPostgres } from '../postgres.ts';
import { databaseUrl } from '../servers.ts';
import { deskVariable, type Loan, type Wanted } from './loan.ts';

/** Databases of a real Postgres, for one borrower alone. */
export interface BorrowedPostgres {
  /** `postgres://…` of one of its databases. */
  url(database: string): string;
  /** The server's name of one of its databases, for statements that name it. */
  nameOf(database: string): string;
  /** Creates a database if it is not there. */
  ensureDatabase(database: string): Promise<void>;
  /** Gives it back; remaining connections may be lost. */
  stop(): Promise<void>;
}

/** A real Kafka of one broker, for one borrower alone, without topics at first. */
export interface BorrowedKafka {
  /** `host:port`. */
  readonly brokers: readonly string[];
  /** Gives it back. */
  stop(): Promise<void>;
}

/**
 * A Postgres for a spec that neither stops nor configures it: databases of its own on a server that
 * the whole run shares, where `npm test` has opened a desk, else on one that is started for this
 * spec.
 */
export async function borrowPostgres(...databases: readonly string[]): Promise<BorrowedPostgres> {
  const lent = (await askDesk('postgres')) ?? (await startedPostgres());
  if (!('postgres' in lent.loan)) throw new Error('the lending desk lends no Postgres');
  const { postgres, prefix } = lent.loan;
  const nameOf = (database: string) => `${prefix}${database}`;
  const borrowed: BorrowedPostgres = {
    nameOf,
    url: (database) => databaseUrl(postgres, nameOf(database)),
    ensureDatabase: (database) => ensureDatabase(postgres, nameOf(database)),
    stop: lent.end,
  };
  for (const database of databases) await borrowed.ensureDatabase(database);
  return borrowed;
}

/**
 * A Kafka for a spec that neither stops nor configures it: the run's, if it has a desk, else one
 * that is started.
 */
export async function borrowKafka(): Promise<BorrowedKafka> {
  const lent = (await askDesk('kafka')) ?? (await startedKafka());
  if (!('brokers' in lent.loan)) throw new Error('the lending desk lends no Kafka');
  return { brokers: lent.loan.brokers, stop: lent.end };
}

interface Lent {
  readonly loan: Loan;
  end(): Promise<void>;
}

/**
 * A loan from the run's desk; `undefined` without a desk.
 * @throws Error if the desk can't lend
 */
async function askDesk(wanted: Wanted): Promise<Lent | undefined> {
  const address = process.env[deskVariable];
  if (!address) return undefined;
  const socket = connect(Number(address), '127.0.0.1');
  socket.write(`${wanted}\n`);
  const closed = new Promise<void>((resolve, reject) => socket.once('close', resolve).once('error', reject));
  closed.catch(() => undefined);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const { value } = (await Promise.race([lines.next(), closed])) as IteratorResult<string>;
  if (value === undefined) throw new Error('the lending desk has closed');
  const loan = JSON.parse(value as string) as Loan;
  if ('failed' in loan) throw new Error(`the lending desk lends no ${wanted}: ${loan.failed}`);
  // A spec that forgets to give it back ends all the same, and its loan with it.
  socket.unref();
  return {
    loan,
    end: () => {
      socket.ref();
      socket.end();
      return closed;
    },
  };
}

async function startedPostgres(): Promise<Lent> {
  const home = await temporary();
  const postgres = await startPostgres({ home, databases: [], isThrowaway: true });
  return { loan: { postgres: postgres.url('postgres'), prefix: '' }, end: () => stopped(postgres, home) };
}

async function startedKafka(): Promise<Lent> {
  const home = await temporary();
  const kafka = await startKafka({ home });
  return { loan: { brokers: kafka.brokers }, end: () => stopped(kafka, home) };
}

const temporary = () => mkdtemp(join(tmpdir(), 'tokengrid-borrowed-'));

async function stopped(server: { stop(): Promise<void> }, home: string): Promise<void> {
  await server.stop();
  await rm(home, { recursive: true, force: true });
}

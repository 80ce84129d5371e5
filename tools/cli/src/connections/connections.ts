import { KafkaLog, Seal } from '@tokengrid/event-bus';
import { SilentConnections } from '@tokengrid/event-store';
import { readRunFile, type RunFile } from '@tokengrid/infra-local';
import pg from 'pg';
import { Failure } from '../output/failure.ts';

/** Addresses of the stack that the command line works on. */
export interface Connections {
  readonly brokers: readonly string[];
  /** Database URL of a service, or of `identity-keys`. @throws Failure if it is unknown */
  readonly databaseOf: (owner: string) => string;
  /** Replicas of a topic that has to be created. */
  readonly replicationFactor: number;
  /** Seal of events; `undefined` if they are not sealed. */
  readonly seal: Seal | undefined;
}

/**
 * Connections of the running stack of this home (`TOKENGRID_HOME`, else the repository's), by its
 * run.json; without one, of the servers in `KAFKA_BROKERS` and `DATABASE_URL` or
 * `DATABASE_URL_<SERVICE>`.
 * @throws Failure without either
 */
export function findConnections(env: NodeJS.ProcessEnv = process.env): Connections {
  const brokers = env['KAFKA_BROKERS'];
  try {
    return ofRunFile(readRunFile(), env);
  } catch (error) {
    if (!brokers) {
      const { message } = error as Error;
      throw new Failure(`${message} Or set KAFKA_BROKERS and DATABASE_URL to use servers of your own.`, {
        cause: error,
      });
    }
  }
  return {
    brokers: brokers.split(',').map((broker) => broker.trim()),
    databaseOf: (owner) => databaseByEnvironment(owner, env),
    replicationFactor: replicationFactorOf(env, 1),
    seal: sealOf(env['EVENT_SEAL_KEYS']),
  };
}

function ofRunFile(run: RunFile, env: NodeJS.ProcessEnv): Connections {
  return {
    brokers: run.kafka.brokers,
    databaseOf: (owner) => {
      const url = run.postgres[owner];
      if (!url) throw new Failure(`run.json has no database for ${owner}.`);
      return url;
    },
    replicationFactor: replicationFactorOf(env, Math.min(3, run.kafka.brokers.length)),
    seal: sealOf(run.eventSealKeys),
  };
}

const sealOf = (keys: string | undefined): Seal | undefined => (keys ? new Seal(keys.split(',')) : undefined);

function replicationFactorOf(env: NodeJS.ProcessEnv, otherwise: number): number {
  const set = Number(env['KAFKA_REPLICATION_FACTOR']);
  return Number.isInteger(set) && set > 0 ? set : otherwise;
}

/**
 * Database URLs as the embedded stack reads them: one per service, else a database per service on
 * one server.
 */
function databaseByEnvironment(owner: string, env: NodeJS.ProcessEnv): string {
  const name = owner.replaceAll('-', '_');
  const variable = `DATABASE_URL_${name.toUpperCase()}`;
  const own = env[variable];
  if (own) return own;
  const server = env['DATABASE_URL'];
  if (!server) throw new Failure(`No database for ${owner}: set ${variable}, or DATABASE_URL for all services.`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Time limits of the command line, in ms. Generous: on a busy machine a healthy broker may need
 * seconds to answer, and the process itself may be late to read the answer. A missing broker
 * refuses at once.
 */
export const patience = { requestTimeoutMs: 60_000, connectionTimeoutMs: 30_000 };
/** Silence after which the kernel probes a database. */
const keepAliveDelayMs = 5000;

/** Opens the log for the duration of the work. */
export async function withLog<T>({ brokers, seal }: Connections, work: (log: KafkaLog) => Promise<T>): Promise<T> {
  const log = new KafkaLog({ brokers, clientId: `tokengrid-cli-${process.pid}`, seal, ...patience });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Opens a database for the duration of the work: to read, or to change a few rows. */
export function withPool<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  return whileOpen(url, work, patience.requestTimeoutMs);
}

/** Opens a database for work with statements that take long on a large database. */
export function withMaintenancePool<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  return whileOpen(url, work, 0);
}

/**
 * @param queryTimeoutMs time limit of one statement; 0: none, while the kernel finds the server
 * there
 */
async function whileOpen<T>(url: string, work: (pool: pg.Pool) => Promise<T>, queryTimeoutMs: number): Promise<T> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: patience.connectionTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    onConnect: new SilentConnections().watch,
    application_name: 'tokengrid cli',
  });
  // A connection that breaks while idle; the next statement reports it.
  pool.on('error', () => undefined);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

import { connectionsOf, SilentConnections } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { MigrationInterface, MixedList } from 'typeorm';
import { DataSource } from 'typeorm';
import type { BaseConfig } from '../config/base-config.ts';

/** Any number, the same for all services: what instances of one service lock while they migrate its database. */
const migrationLock = 7_364_736;

/** After this much silence the kernel asks whether the other end is still there; it is gone after ten such questions, one a second. */
const keepAliveDelayMs = 5000;
/** Between Postgres' own time-out and ours. */
const sayingSoMs = 500;

/** What a service's database is made of. */
export interface DatabaseOptions {
  readonly name: string;
  readonly config: Pick<
    BaseConfig,
    | 'databaseUrl'
    | 'serviceInstance'
    | 'databasePoolConnections'
    | 'databaseConnectTimeoutMs'
    | 'databaseQueryTimeoutMs'
  >;
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly entities: readonly (new () => object)[];
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Connects, and migrates under a lock, so that instances that start together do not collide. Nothing is ever synchronized. Migrations have
 * connections of their own, and as much time as they need: a request has not.
 */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  const { databasePoolConnections, databaseQueryTimeoutMs } = options.config;
  const migrating = await connected(options, { poolSize: 2, queryTimeoutMs: 0 });
  try {
    await migrate(migrating, options.log);
  } finally {
    await migrating.destroy();
  }
  return connected(options, { poolSize: databasePoolConnections, queryTimeoutMs: databaseQueryTimeoutMs });
}

interface Connections {
  readonly poolSize: number;
  /** For one statement; 0: as long as it takes. */
  readonly queryTimeoutMs: number;
}

async function connected(options: DatabaseOptions, { poolSize, queryTimeoutMs }: Connections): Promise<DataSource> {
  const { name, config, log } = options;
  // Postgres says first that it took too long: so silence means that the connection is dead.
  const statementTimeoutMs = Math.max(0, queryTimeoutMs - sayingSoMs) || queryTimeoutMs;
  const dataSource = new DataSource({
    type: 'postgres',
    url: config.databaseUrl,
    applicationName: `tokengrid ${name} ${config.serviceInstance}`,
    poolSize,
    connectTimeoutMS: config.databaseConnectTimeoutMs,
    extra: {
      ...connectionsOf({ statementTimeoutMs }),
      // Postgres' own time-outs end with an answer, which never comes over a cable that was pulled; and TCP repeats what was sent for a
      // quarter of an hour before it gives up.
      query_timeout: queryTimeoutMs,
      onConnect: new SilentConnections().watch,
      // For connections on which nothing is asked, such as the one that listens for notices.
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelayMs,
    },
    entities: [...options.entities] as MixedList<new () => object>,
    migrations: [...options.migrations] as MixedList<new () => MigrationInterface>,
    migrationsTransactionMode: 'each',
    synchronize: false,
    // An idle connection that a restarting server closes must not end the process.
    poolErrorHandler: (error: unknown) => log.warn({ err: error }, 'a connection to Postgres broke'),
  });
  return dataSource.initialize();
}

async function migrate(dataSource: DataSource, log: DatabaseOptions['log']): Promise<void> {
  const locked = dataSource.createQueryRunner();
  try {
    await locked.query('select pg_advisory_lock($1)', [migrationLock]);
    for (const migration of await dataSource.runMigrations()) log.info(`migrated: ${migration.name}`);
  } finally {
    await locked.query('select pg_advisory_unlock($1)', [migrationLock]);
    await locked.release();
  }
}

/** The `pg` pool that a data source reads through; the event store writes through the same. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { readonly master: Pool }).master;
}

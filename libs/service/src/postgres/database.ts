import { connectionsOf, SilentConnections } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { MigrationInterface, MixedList } from 'typeorm';
import { DataSource } from 'typeorm';
import type { BaseConfig } from '../config/base-config.ts';

/**
 * Key of the advisory lock that instances of a service hold while they migrate its database; the
 * same for all services.
 */
const migrationLock = 7_364_736;

/**
 * Silence after which the kernel probes the other end; ten unanswered probes, one a second, close
 * the connection.
 */
const keepAliveDelayMs = 5000;
/**
 * Time after which an unused connection is closed. Longer than the pauses of an idle service's
 * checks: opening one costs more than a hundred of them.
 */
const idleTimeoutMs = 60_000;
/** Margin between Postgres' time-out and ours. */
const sayingSoMs = 500;

/** Inputs of {@link openDatabase}. */
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
 * Connects and migrates under a lock, so that instances that start together do not collide. Schemas
 * are never synchronized. Migrations have their own connections without a time limit.
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
  /** Time limit of one statement; 0: none. */
  readonly queryTimeoutMs: number;
}

async function connected(options: DatabaseOptions, { poolSize, queryTimeoutMs }: Connections): Promise<DataSource> {
  const { name, config, log } = options;
  // Postgres reports its time-out first, so silence means that the connection is dead.
  const statementTimeoutMs = Math.max(0, queryTimeoutMs - sayingSoMs) || queryTimeoutMs;
  const dataSource = new DataSource({
    type: 'postgres',
    url: config.databaseUrl,
    applicationName: `tokengrid ${name} ${config.serviceInstance}`,
    poolSize,
    connectTimeoutMS: config.databaseConnectTimeoutMs,
    extra: {
      ...connectionsOf({ statementTimeoutMs }),
      // Postgres' own time-outs end with an answer, which never comes over a dead cable; TCP
      // retries for a quarter of an hour before it gives up.
      query_timeout: queryTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      onConnect: new SilentConnections().watch,
      // For connections without requests, such as the one that listens for notifications.
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelayMs,
    },
    entities: [...options.entities] as MixedList<new () => object>,
    migrations: [...options.migrations] as MixedList<new () => MigrationInterface>,
    migrationsTransactionMode: 'each',
    synchronize: false,
    // An idle connection closed by a restarting server must not end the process.
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

/** The `pg` pool of a data source; the event store writes through the same pool. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { readonly master: Pool }).master;
}

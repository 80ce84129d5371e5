import { connect } from 'node:net';
import { databaseName, databaseOwners } from './services.ts';

/** The user's own servers, used instead of the embedded ones. */
export interface Servers {
  /** From `KAFKA_BROKERS`: `host:port`, separated by commas. */
  readonly kafkaBrokers?: readonly string[];
  /** From `DATABASE_URL`: any database of a server on which each service gets one of its own. */
  readonly databaseServer?: string;
  /** From `DATABASE_URL_<SERVICE>`, by owner (`app-registry`, `identity-keys`): used unchanged. */
  readonly databaseUrls: Readonly<Record<string, string>>;
}

/** Reads them from the environment. Throws, naming the variable, for an invalid one. */
export function readServers(env: NodeJS.ProcessEnv): Servers {
  const databaseUrls: Record<string, string> = {};
  for (const owner of databaseOwners) {
    const variable = `DATABASE_URL_${databaseName(owner).toUpperCase()}`;
    const url = env[variable];
    if (url) databaseUrls[owner] = postgresUrl(variable, url);
  }
  return {
    ...(env['KAFKA_BROKERS'] ? { kafkaBrokers: brokerList(env['KAFKA_BROKERS']) } : {}),
    ...(env['DATABASE_URL'] ? { databaseServer: postgresUrl('DATABASE_URL', env['DATABASE_URL']) } : {}),
    databaseUrls,
  };
}

/** True if the embedded Postgres is needed. */
export function needsPostgres({ databaseServer, databaseUrls }: Servers): boolean {
  return databaseServer === undefined && databaseOwners.some((owner) => databaseUrls[owner] === undefined);
}

/** The URL of another database on the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

const connectTimeoutMs = 5000;

/**
 * Resolves when one of the brokers accepts connections; rejects, naming the variable, if none does.
 */
export async function reachBrokers(brokers: readonly string[]): Promise<void> {
  try {
    await Promise.any(brokers.map(reach));
  } catch (error) {
    throw new Error(`KAFKA_BROKERS is set to ${brokers.join(',')}, and no broker answers there.`, { cause: error });
  }
}

function reach(broker: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(`tcp://${broker}`);
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: connectTimeoutMs });
    socket.on('connect', resolve);
    for (const event of ['error', 'timeout']) socket.on(event, () => reject(new Error(`${broker}: ${event}`)));
    for (const event of ['connect', 'error', 'timeout']) socket.on(event, () => socket.destroy());
  });
}

function brokerList(value: string): string[] {
  const brokers = value.split(',').map((broker) => broker.trim());
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/.test(broker));
  if (wrong === undefined) return brokers;
  throw new Error(`KAFKA_BROKERS must be host:port, several separated by commas; "${wrong}" is not.`);
}

function postgresUrl(variable: string, value: string): string {
  const protocol = URL.canParse(value) ? new URL(value).protocol : '';
  if (protocol === 'postgres:' || protocol === 'postgresql:') return value;
  throw new Error(`${variable} must be a URL like postgres://user:password@host:5432/postgres.`);
}

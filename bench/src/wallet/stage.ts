import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { walletIdOf } from '@tokengrid/contracts';
import { type Postgres, startKafka, startPostgres } from '@tokengrid/infra-local';
import { type ProcessGroups } from '../stack/cpu-time.ts';
import { Connection } from '../stack/connection.ts';
import { freePort } from '../stack/free-port.ts';
import { type ServiceProcess, type ServiceSettings, startService } from '../stack/service-process.ts';

export const walletCount = 1000;
/** Opening balance of every wallet in µAIT, large enough for any run. */
export const opening = 1_000_000_000_000n;
const setupCallers = 32;
const usualLanes = 6;
const waitMs = 60_000;

/** Kafka, Postgres and the wallet's processes, with funded wallets. */
export interface Stage {
  readonly postgres: Postgres;
  readonly home: string;
  /** Addresses of the wallet's processes. */
  readonly urls: readonly string[];
  readonly operatorKey: string;
  readonly walletIds: readonly string[];
  readonly processes: ProcessGroups;
  /** Addresses of its Kafka brokers. */
  readonly brokers: readonly string[];
  /** Stops the wallet's processes, does the work, and starts them again at the same addresses. */
  whileStopped(work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly processes: number;
  /** Number of lanes; that of `npm start` by default. */
  readonly lanes?: number;
  /** Arguments for node in the wallet's processes. */
  readonly nodeArguments: readonly string[];
}

/** Starts everything; stops what it had started if that fails. */
export async function openStage({ processes, lanes = usualLanes, nodeArguments }: StageOptions): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-bench-'));
  const stops: (() => Promise<void>)[] = [() => rm(home, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
    stops.push(
      () => kafka.stop(),
      () => postgres.stop(),
    );
    const operatorKey = secret();
    const environment = (database: string) => ({
      DATABASE_URL: postgres.url(database),
      KAFKA_BROKERS: kafka.brokers.join(','),
      OPERATOR_API_KEY: operatorKey,
      INPUT_HASH_KEY: secret(),
      DRAIN_MS: '0',
      LOG_FORMAT: 'json',
      LANES: String(lanes),
      // On a busy machine figures get low instead of missing: an answer before both stores have the
      // events would not count.
      ANSWER_TIMEOUT_MS: '60000',
    });
    const start = async (settings: Omit<ServiceSettings, 'home' | 'port'>, port?: number): Promise<ServiceProcess> => {
      const service = await startService({ ...settings, home, port: port ?? (await freePort()) });
      stops.push(() => service.stop());
      return service;
    };
    const keys = {
      IDENTITY_KEYS_DATABASE_URL: postgres.url('identity_keys'),
      IDENTITY_MASTER_KEY: randomBytes(32).toString('base64url'),
    };
    const identity = await start({ name: 'identity', environment: { ...environment('identity'), ...keys } });
    const walletEnvironment = {
      ...environment('wallet'),
      RECEIPT_SIGNING_KEY: randomBytes(32).toString('base64url'),
    };
    const walletSettings = { name: 'wallet', environment: walletEnvironment, nodeArguments };
    const wallets: ServiceProcess[] = [];
    for (let number = 0; number < processes; number++) wallets.push(await start(walletSettings));
    const urls = wallets.map(({ url }) => url);
    const walletIds = await fundWallets(identity.url, urls[0]!, operatorKey);
    // No more registrations: only the wallet is measured.
    await identity.stop();
    const pids = wallets.map(({ child }) => child.pid!);
    const groups = { wallet: pids, Postgres: postgres.pids(), Kafka: kafka.pids() };
    const whileStopped = async (work: () => Promise<void>) => {
      await Promise.all(wallets.map((wallet) => wallet.stop()));
      await work();
      for (const url of urls) await start(walletSettings, Number(new URL(url).port));
    };
    const { brokers } = kafka;
    return { postgres, brokers, home, urls, operatorKey, walletIds, processes: groups, whileStopped, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const secret = () => randomBytes(24).toString('hex');

/**
 * Registers subscribers, waits for their wallets, and grants each the tokens that it sends later.
 */
async function fundWallets(identityUrl: string, walletUrl: string, operatorKey: string): Promise<readonly string[]> {
  const parties = await Promise.all(
    callersOf(identityUrl, operatorKey).map(async (connection, caller) => {
      const registered: string[] = [];
      for (let index = caller; index < walletCount; index += setupCallers) {
        const body = { msisdn: `+999${String(index).padStart(9, '0')}`, name: `Subscriber ${index}` };
        const answered = await connection.request('POST', '/v1/subscribers', JSON.stringify(body));
        if (answered.status !== 201) throw new Error(`registering a subscriber: ${answered.status} ${answered.body}`);
        registered.push((JSON.parse(answered.body) as { subscriberId: string }).subscriberId);
      }
      connection.close();
      return registered;
    }),
  );
  const walletIds = parties.flat().map(walletIdOf);
  const grant = JSON.stringify({ tokens: String(opening), source: 'promotion', transferable: true });
  await Promise.all(
    callersOf(walletUrl, operatorKey).map(async (connection, caller) => {
      for (let index = caller; index < walletCount; index += setupCallers) {
        await grantOnceOpen(connection, walletIds[index]!, grant);
      }
      connection.close();
    }),
  );
  return walletIds;
}

const callersOf = (url: string, operatorKey: string) =>
  Array.from(
    { length: setupCallers },
    () => new Connection(url, `host: bench\r\nauthorization: Bearer ${operatorKey}\r\n`),
  );

async function grantOnceOpen(connection: Connection, walletId: string, grant: string): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const { status, body } = await connection.request('POST', `/v1/wallets/${walletId}/grants`, grant);
    if (status === 201) return;
    if (status !== 404 || performance.now() > deadline) throw new Error(`granting tokens: ${status} ${body}`);
    await delay(20);
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { walletIdOf } from '@tokengrid/contracts';
import type { Postgres } from '@tokengrid/infra-local';
import { type ProcessGroups } from '../stack/cpu-time.ts';
import { Connection } from '../stack/connection.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { onServiceStack } from '../stack/service-stack.ts';

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
export function openStage({ processes, lanes = usualLanes, nodeArguments }: StageOptions): Promise<Stage> {
  return onServiceStack(async ({ home, postgres, kafka, operatorKey, start, stop }) => {
    const environment = { LANES: String(lanes) };
    const identity = await start({ name: 'identity', environment });
    const startWallet = (port?: number) =>
      start({ name: 'wallet', environment, nodeArguments, ...(port !== undefined && { port }) });
    const wallets: ServiceProcess[] = [];
    for (let number = 0; number < processes; number++) wallets.push(await startWallet());
    const urls = wallets.map(({ url }) => url);
    const walletIds = await fundWallets(identity.url, urls[0]!, operatorKey);
    // No more registrations: only the wallet is measured.
    await identity.stop();
    const pids = wallets.map(({ child }) => child.pid!);
    const groups = { wallet: pids, Postgres: postgres.pids(), Kafka: kafka.pids() };
    const whileStopped = async (work: () => Promise<void>) => {
      await Promise.all(wallets.map((wallet) => wallet.stop()));
      await work();
      for (const url of urls) await startWallet(Number(new URL(url).port));
    };
    const { brokers } = kafka;
    return { postgres, brokers, home, urls, operatorKey, walletIds, processes: groups, whileStopped, stop };
  });
}

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

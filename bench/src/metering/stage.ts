import { setTimeout as delay } from 'node:timers/promises';
import { walletIdOf } from '@tokengrid/contracts';
import type { Postgres } from '@tokengrid/infra-local';
import { Connection } from '../stack/connection.ts';
import type { ProcessGroups } from '../stack/cpu-time.ts';
import { onServiceStack, secret } from '../stack/service-stack.ts';

/** Tokens of every payer in µAIT, enough for any run. */
const opening = 1_000_000_000_000n;
const setupCallers = 32;
const lanes = 6;
const waitMs = 120_000;

/** Prices of the one model, in µAIT per unit. */
export const prices = { input_tokens: '1.5', output_tokens: '4' };
const operatorBps = 500;

/** Kafka, Postgres and the services of the chain, with funded payers and one model on offer. */
export interface Stage {
  readonly postgres: Postgres;
  readonly home: string;
  /** Addresses by service. */
  readonly urls: Readonly<Record<'metering' | 'wallet' | 'settlement', string>>;
  readonly operatorKey: string;
  readonly payers: readonly string[];
  readonly model: string;
  readonly processes: ProcessGroups;
  stop(): Promise<void>;
}

/** Starts everything; stops what it had started if that fails. */
export function openStage(payerCount: number, nodeArguments: readonly string[]): Promise<Stage> {
  return onServiceStack(async ({ home, postgres, kafka, operatorKey, stop, start: started }) => {
    const start = (name: string) => started({ name, nodeArguments, environment: { LANES: String(lanes) } });
    const identity = await start('identity');
    const registry = await start('app-registry');
    const [wallet, metering, settlement] = [await start('wallet'), await start('metering'), await start('settlement')];
    const payers = await registerPayers(identity.url, operatorKey, payerCount);
    await fund(wallet.url, operatorKey, payers);
    const model = await offerModel(identity.url, registry.url, operatorKey);
    // Nothing registers any more: the chain alone is measured.
    await Promise.all([identity.stop(), registry.stop()]);
    return {
      ...{ postgres, home, operatorKey, payers, model, stop },
      urls: { metering: metering.url, wallet: wallet.url, settlement: settlement.url },
      processes: {
        metering: [metering.child.pid!],
        wallet: [wallet.child.pid!],
        settlement: [settlement.child.pid!],
        Postgres: postgres.pids(),
        Kafka: kafka.pids(),
      },
    };
  });
}

/** Header lines of a caller. */
export const headOf = (key: string) => `host: bench\r\nauthorization: Bearer ${key}\r\n`;

/** Repeats work for indices below a count, by a number of callers with a connection each. */
async function byCallers(
  url: string,
  key: string,
  count: number,
  work: (connection: Connection, index: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: Math.min(setupCallers, count) }, async (_, caller) => {
      const connection = new Connection(url, headOf(key));
      for (let index = caller; index < count; index += setupCallers) await work(connection, index);
      connection.close();
    }),
  );
}

async function registerPayers(url: string, key: string, count: number): Promise<readonly string[]> {
  const payers: string[] = [];
  await byCallers(url, key, count, async (connection, index) => {
    const body = { msisdn: `+999${String(index).padStart(9, '0')}`, name: `Subscriber ${index}` };
    const registered = await made<{ subscriberId: string }>(connection, '/v1/subscribers', body);
    payers[index] = registered.subscriberId;
  });
  return payers;
}

async function fund(url: string, key: string, payers: readonly string[]): Promise<void> {
  const grant = { tokens: String(opening), source: 'promotion', transferable: true };
  await byCallers(url, key, payers.length, async (connection, index) => {
    await madeOnceKnown(connection, `/v1/wallets/${walletIdOf(payers[index]!)}/grants`, grant);
  });
}

/** Registers a provider and its offer of a model. */
async function offerModel(identityUrl: string, registryUrl: string, operatorKey: string): Promise<string> {
  const name = 'bench-model';
  const identity = new Connection(identityUrl, headOf(operatorKey));
  const body = {
    organization: { name: 'Compute', kind: 'provider' },
    owner: { name: 'Owner', email: 'owner@example.com', password: secret() },
  };
  const { apiKey } = await made<{ apiKey: { secret: string } }>(identity, '/v1/registrations', body);
  identity.close();
  const registry = new Connection(registryUrl, headOf(apiKey.secret));
  const offer = {
    ...{ name, endpoint: 'https://compute.example.com/v1', region: 'cn-east', operatorBps },
    prices: Object.entries(prices).map(([meter, unitPrice]) => ({ meter, unitPrice })),
  };
  await madeOnceKnown(registry, '/v1/models', offer);
  registry.close();
  return name;
}

export async function made<Body>(connection: Connection, path: string, content: object): Promise<Body> {
  const { status, body } = await connection.request('POST', path, JSON.stringify(content));
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${body}`);
  return JSON.parse(body) as Body;
}

/** Repeats a request until the service knows the party or key that it needs. */
export async function madeOnceKnown(connection: Connection, path: string, content: object): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const { status, body } = await connection.request('POST', path, JSON.stringify(content));
    if (status === 201) return;
    const isEarly = status === 404 || status === 401 || status === 403;
    if (!isEarly || performance.now() > deadline) throw new Error(`POST ${path}: ${status} ${body}`);
    await delay(20);
  }
}

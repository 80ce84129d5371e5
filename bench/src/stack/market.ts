import { setTimeout as delay } from 'node:timers/promises';
import { walletIdOf } from '@tokengrid/contracts';
import { Connection } from './connection.ts';
import { secret } from './service-stack.ts';

const setupCallers = 32;
const waitMs = 120_000;
const operatorBps = 500;

/** A party and its first key. */
export interface Payer {
  readonly partyId: string;
  readonly key: string;
}

/** An offer of a bench's one model. */
export interface Offered {
  readonly endpoint: string;
  /** µAIT per unit by meter. */
  readonly prices: Readonly<Record<string, string>>;
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

interface Registered {
  readonly subscriberId: string;
  readonly apiKey: { readonly secret: string };
}

/** Registers subscribers, each with a key. */
export async function registerPayers(url: string, key: string, count: number): Promise<readonly Payer[]> {
  const payers: Payer[] = [];
  await byCallers(url, key, count, async (connection, index) => {
    const body = { msisdn: `+999${String(index).padStart(9, '0')}`, name: `Subscriber ${index}` };
    const { subscriberId, apiKey } = await made<Registered>(connection, '/v1/subscribers', body);
    payers[index] = { partyId: subscriberId, key: apiKey.secret };
  });
  return payers;
}

/** Grants tokens, in µAIT, to each payer. */
export async function fund(url: string, key: string, payers: readonly string[], tokens: bigint): Promise<void> {
  const grant = { tokens: String(tokens), source: 'promotion', transferable: true };
  await byCallers(url, key, payers.length, async (connection, index) => {
    await madeOnceKnown(connection, `/v1/wallets/${walletIdOf(payers[index]!)}/grants`, grant);
  });
}

/** Registers a provider and its offer of a model, whose name it returns. */
export async function offerModel(
  identityUrl: string,
  registryUrl: string,
  operatorKey: string,
  { endpoint, prices }: Offered,
): Promise<string> {
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
    ...{ name, endpoint, region: 'cn-east', operatorBps },
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

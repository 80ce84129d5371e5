import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { headOf, made, madeOnceKnown } from '../stack/market.ts';
import { Connection } from '../stack/connection.ts';
import { onServiceStack, secret } from '../stack/service-stack.ts';

const dayMs = 86_400_000;
/** Days over which the uses are spread: as many as the month before the current day. */
const days = 30;
/** Uses of one report. */
const reportUses = 5000;
const keyCount = 4;
/** Longest time from a use to its report. */
const latestMs = 600_000;
const prices = { input_tokens: '1.5', output_tokens: '4' };

/** Metering with one payer, some models, and the payer's keys. */
export interface Market {
  readonly url: string;
  readonly operatorKey: string;
  readonly party: string;
  readonly keys: readonly string[];
  readonly models: readonly string[];
  /** Start of the month in which its uses are; epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  stop(): Promise<void>;
}

/**
 * Starts identity, the registry and metering; the first two are stopped once metering knows all.
 */
export function openMarket(): Promise<Market> {
  return onServiceStack(async ({ operatorKey, start, stop }) => {
    const identity = await start({ name: 'identity' });
    const [registry, metering] = [await start({ name: 'app-registry' }), await start({ name: 'metering' })];
    const to = Math.floor(Date.now() / dayMs) * dayMs;
    const named = await nameAll(identity.url, registry.url, operatorKey);
    return { ...named, url: metering.url, operatorKey, from: to - days * dayMs, to, stop };
  });
}

async function nameAll(identityUrl: string, registryUrl: string, operatorKey: string) {
  const operator = new Connection(identityUrl, headOf(operatorKey));
  const subscriber = { msisdn: '+999000000001', name: 'Subscriber' };
  const { subscriberId: party } = await made<{ subscriberId: string }>(operator, '/v1/subscribers', subscriber);
  const keys: string[] = [];
  for (let n = 0; n < keyCount; n++) {
    const key = { name: `key ${n}`, scopes: ['metering:usage:read'] };
    keys.push((await made<{ id: string }>(operator, `/v1/parties/${party}/api-keys`, key)).id);
  }
  const { apiKey } = await made<{ apiKey: { secret: string } }>(operator, '/v1/registrations', {
    organization: { name: 'Compute', kind: 'provider' },
    owner: { name: 'Owner', email: 'owner@example.com', password: secret() },
  });
  operator.close();
  const provider = new Connection(registryUrl, headOf(apiKey.secret));
  const models = ['qwen-72b', 'llama-70b', 'deepseek-v3'];
  for (const [index, name] of models.entries()) {
    await madeOnceKnown(provider, '/v1/models', {
      ...{ name, endpoint: 'https://compute.example.com/v1', region: `cn-${index}`, operatorBps: 500 },
      prices: Object.entries(prices).map(([meter, unitPrice]) => ({ meter, unitPrice })),
    });
  }
  provider.close();
  return { party, keys, models };
}

/**
 * Reports uses over the whole month, each up to some minutes after its time, and waits until all of
 * them are rated.
 */
export async function fill({ url, operatorKey, party, keys, models, from, to }: Market, uses: number): Promise<void> {
  const connection = new Connection(url, headOf(operatorKey), 'application/cloudevents-batch+json');
  const timeOf = (use: number) => from + Math.floor(((to - from) * use) / uses);
  try {
    for (let done = 0; done < uses; done += reportUses) {
      const batch = Array.from({ length: Math.min(reportUses, uses - done) }, (_, n) => ({
        ...{ specversion: '1.0', id: String(done + n), source: '/bench', type: 'tokengrid.usage', subject: party },
        time: new Date(Math.max(from, timeOf(done + n) - randomInt(latestMs))).toISOString(),
        data: {
          ...{ model: models[randomInt(models.length)], key: keys[randomInt(keys.length)] },
          units: { input_tokens: randomInt(2000), output_tokens: randomInt(500) },
        },
      }));
      const { status, body } = await connection.request('POST', '/v1/events', JSON.stringify(batch));
      const { rejected } = JSON.parse(body) as { rejected?: readonly unknown[] };
      if (status !== 202 || rejected?.length !== 0) throw new Error(`POST /v1/events: ${status} ${body}`);
    }
    // Uses that came before the facts they name are rated by themselves.
    while ((await parked(connection)) > 0) await delay(50);
  } finally {
    connection.close();
  }
}

async function parked(connection: Connection): Promise<number> {
  const { body } = await connection.request('GET', '/v1/parked?limit=1');
  return (JSON.parse(body) as { data: readonly unknown[] }).data.length;
}

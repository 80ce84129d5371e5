import type { Answer, Client } from '../api/client.ts';
import { eventually } from '../api/eventually.ts';
import { buy, type Party, registerOrganization, registerSubscriber, unique } from '../api/parties.ts';
import type { Tokengrid } from '../api/tokengrid.ts';
import { appBps, counted, type Kind, kindNames, kinds, modelBps, offers } from './sheet.ts';

/** µAIT that each payer and the developer buy: more than they use. */
export const bought = 60_000_000n;

/** Sellers and payers of one telling. */
export interface Market {
  readonly payers: readonly Party[];
  readonly providers: readonly Party[];
  readonly developer: Party;
  readonly model: string;
  /** What an event names of each kind of use. */
  readonly names: Readonly<Record<Kind, { readonly app?: string; readonly model?: string; readonly offer?: string }>>;
}

const pricesOf = (prices: Readonly<Record<string, string>>) =>
  Object.entries(prices).map(([meter, unitPrice]) => ({ meter, unitPrice }));

function made(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Registers everybody, offers one model twice, publishes an app of each kind, and subscribes. */
export async function openMarket(grid: Tokengrid, payerCount: number): Promise<Market> {
  const [developer, ...providers] = await Promise.all([
    registerOrganization(grid, 'developer'),
    ...offers.map(() => registerOrganization(grid, 'provider')),
  ]);
  const payers: Party[] = [];
  for (let count = 0; count < payerCount; count++) payers.push(await registerSubscriber(grid));
  await Promise.all([developer, ...payers].map((party) => buy(grid, party, bought)));
  const registry = grid.at('app-registry');
  const model = unique('replayed');
  const offered: string[] = [];
  for (const [index, prices] of offers.entries()) {
    const { body } = made(await registry.post('/v1/models', providers[index]!.key, offerOf(model, pricesOf(prices))));
    offered.push(String(body['modelId']));
  }
  const names: Partial<Record<Kind, Market['names'][Kind]>> = {};
  for (const kind of kindNames) {
    const { offer, prices } = kinds[kind] as { readonly offer?: 0 | 1; readonly prices?: object | 'counted' };
    const app = prices && (await publish(grid, registry, developer, manifestOf(model, prices), payers));
    names[kind] = { ...(app && { app }), ...(offer !== undefined && { model, offer: offered[offer]! }) };
  }
  return { payers, providers, developer, model, names: names as Market['names'] };
}

const offerOf = (name: string, prices: readonly object[]) => ({
  ...{ name, endpoint: 'https://compute.example.com/v1', region: 'cn-east', prices, operatorBps: Number(modelBps) },
});

function manifestOf(model: string, prices: object | 'counted') {
  const list =
    prices === 'counted'
      ? Object.entries(counted).map(([meter, price]) => ({
          ...{ meter, model: 'graduated', includedUnits: String(price.includedUnits) },
          tiers: price.tiers.map(({ upTo, unitPrice }) => ({ upTo: upTo === null ? null : String(upTo), unitPrice })),
        }))
      : pricesOf(prices as Record<string, string>).map((price) => ({ ...price, model: 'per-unit' }));
  return {
    endpoint: 'https://app.example.com',
    description: 'Answers questions.',
    meters: list.map(({ meter }) => ({ name: meter, unit: 'units', aggregation: 'sum' })),
    plans: [{ id: 'only', name: 'Only', prices: list }],
    ...{ scopes: [], dataUse: [], models: [model], subsidised: true },
    revenueShare: { operatorBps: Number(appBps) },
  };
}

async function publish(
  grid: Tokengrid,
  registry: Client,
  developer: Party,
  manifest: object,
  payers: readonly Party[],
): Promise<string> {
  const slug = unique('app');
  const app = made(await registry.post('/v1/apps', developer.key, { slug, name: 'App' }));
  const path = `/v1/apps/${String(app.body['appId'])}`;
  made(await registry.post(`${path}/versions`, developer.key, manifest));
  made(await registry.post(`${path}/versions/1/submit`, developer.key));
  made(await registry.post(`${path}/versions/1/approve`, grid.operatorKey));
  made(await registry.post(`${path}/versions/1/publish`, developer.key));
  for (const { key } of payers) {
    await eventually(
      () => registry.post(`${path}/subscriptions`, key, { planId: 'only' }),
      ({ status }) => status < 300,
    );
  }
  return slug;
}

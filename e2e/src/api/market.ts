import type { Answer } from './client.ts';
import { type Party, registerOrganization, registerSubscriber, unique } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

/** Sellers: a provider with a model, a developer with an app. */
export interface Market {
  readonly provider: Party;
  readonly developer: Party;
  readonly subscriber: Party;
  readonly model: string;
  readonly slug: string;
  readonly appId: string;
}

const endpoint = 'https://compute.example.com/v1';
const prices = [
  { meter: 'input_tokens', unitPrice: '1.5' },
  { meter: 'output_tokens', unitPrice: '4' },
];

export const modelOffer = (name: string) => ({ name, endpoint, region: 'cn-east', prices, operatorBps: 500 });

/** A valid manifest, with changes. */
export const manifest = (changes: object = {}) => ({
  endpoint: 'https://app.example.com',
  description: 'Answers questions.',
  meters: [{ name: 'input_tokens', unit: 'units', aggregation: 'sum' }],
  plans: [
    { id: 'payg', name: 'Pay per use', prices: [{ meter: 'input_tokens', model: 'per-unit', unitPrice: '2.5' }] },
  ],
  scopes: [],
  dataUse: [],
  revenueShare: { operatorBps: 1000 },
  ...changes,
});

/**
 * Registers all parties, and publishes the model and the app; the subscriber subscribes to the app.
 */
export async function openMarket(grid: Tokengrid): Promise<Market> {
  const [provider, developer, subscriber] = await Promise.all([
    registerOrganization(grid, 'provider'),
    registerOrganization(grid, 'developer'),
    registerSubscriber(grid),
  ]);
  const registry = grid.at('app-registry');
  const model = unique('model');
  made(await registry.post('/v1/models', provider.key, modelOffer(model)));
  const { slug, appId } = await publishApp(grid, developer, manifest());
  made(await registry.post(`/v1/apps/${appId}/subscriptions`, subscriber.key, { planId: 'payg' }));
  return { provider, developer, subscriber, model, slug, appId };
}

/** Publishes an app of a developer. */
export async function publishApp(
  grid: Tokengrid,
  developer: Party,
  manifestOfIt: object,
): Promise<Pick<Market, 'slug' | 'appId'>> {
  const registry = grid.at('app-registry');
  const slug = unique('app');
  const app = made(await registry.post('/v1/apps', developer.key, { slug, name: 'App' }));
  const path = `/v1/apps/${String(app.body['appId'])}`;
  made(await registry.post(`${path}/versions`, developer.key, manifestOfIt));
  made(await registry.post(`${path}/versions/1/submit`, developer.key));
  made(await registry.post(`${path}/versions/1/approve`, grid.operatorKey));
  made(await registry.post(`${path}/versions/1/publish`, developer.key));
  return { slug, appId: String(app.body['appId']) };
}

function made(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

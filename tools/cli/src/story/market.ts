import { ApiClient, patienceMs, until } from '../trace/api-client.ts';
import type { ByMonth, ByUse, Offer, Prices } from '../trace/trace-use.ts';

/** Addresses of the services, and the operator's key. */
export interface Stage {
  readonly operatorKey: string;
  readonly identity: ApiClient;
  readonly wallet: ApiClient;
  readonly registry: ApiClient;
  readonly metering: ApiClient;
  readonly settlement: ApiClient;
  /** Address of the gateway, for OpenAI's own client. */
  readonly gateway: string;
  /** Addresses of the providers' model servers. */
  readonly modelServers: readonly string[];
}

export function stageOf(run: {
  readonly operatorApiKey: string;
  readonly services: Readonly<Record<string, string>>;
  readonly modelServers?: readonly string[] | undefined;
}): Stage {
  const addressOf = (service: string) => {
    const address = run.services[service];
    if (address === undefined) throw new Error(`${service} is not running: start the stack with "npm run up"`);
    return address;
  };
  const client = (service: string) => new ApiClient(addressOf(service));
  return {
    operatorKey: run.operatorApiKey,
    identity: client('identity'),
    wallet: client('wallet'),
    registry: client('app-registry'),
    metering: client('metering'),
    settlement: client('settlement'),
    gateway: addressOf('gateway'),
    modelServers: run.modelServers ?? [],
  };
}

/** A party with its key and wallet. */
export interface Member {
  readonly partyId: string;
  readonly key: string;
  readonly walletId: string;
}

/** Id of a party's wallet, which opens by itself; waits until it is open. */
export async function walletOf(stage: Stage, partyId: string): Promise<string> {
  const wallet = await until(`the wallet of ${partyId}`, patienceMs, async () => {
    try {
      return await stage.wallet.call<{ walletId: string }>({
        method: 'GET',
        path: `/v1/parties/${partyId}/wallet`,
        key: stage.operatorKey,
      });
    } catch (error) {
      if ((error as { status?: number }).status === 404) return undefined;
      throw error;
    }
  });
  return wallet.walletId;
}

async function registerOrganization(
  stage: Stage,
  kind: 'developer' | 'provider',
  name: string,
  runId: string,
): Promise<Member> {
  const slug = name.toLowerCase().replaceAll(' ', '-');
  const { organizationId, apiKey } = await stage.identity.call<{ organizationId: string; apiKey: { secret: string } }>({
    method: 'POST',
    path: '/v1/registrations',
    body: {
      organization: { name, kind },
      owner: {
        name: `Owner of ${name}`,
        email: `${slug}-${runId}@example.com`,
        password: `correct horse battery ${runId}`,
      },
    },
  });
  return { partyId: organizationId, key: apiKey.secret, walletId: await walletOf(stage, organizationId) };
}

/** A published app, and the plan that everybody has. */
interface App {
  readonly appId: string;
  readonly slug: string;
}

/** Sellers of the story. */
export interface Market {
  readonly providers: readonly [Member, Member];
  /** The maker of all apps, and a trader. */
  readonly developers: readonly [Member, Member];
  readonly apps: readonly App[];
  /** What requests are of; the assistant is twice as popular as each of the others. */
  readonly offers: readonly Offer[];
}

/** µAIT per unit, with six decimals, so that rounding matters. */
const large: readonly [Prices, Prices] = [
  { input_tokens: '1.25', output_tokens: '5.000001' },
  { input_tokens: '1.1', output_tokens: '5.499999' },
];
const small: Prices = { input_tokens: '0.2', output_tokens: '0.799999' };
const assistant: Prices = { input_tokens: '2.5', output_tokens: '9.333333' };
const starter: Prices = { input_tokens: '0.5', output_tokens: '2.000001' };
const archive: ByMonth['counted'] = {
  input_tokens: {
    includedUnits: 5000,
    tiers: [
      { upTo: 10_000, unitPrice: '0.75' },
      { upTo: null, unitPrice: '0.333333' },
    ],
  },
  output_tokens: { includedUnits: 1000, tiers: [{ upTo: null, unitPrice: '2.000001' }] },
};
const modelBps = 500;
const appBps = 1000;
export const planId = 'only';

const pricesOf = (prices: Prices) => Object.entries(prices).map(([meter, unitPrice]) => ({ meter, unitPrice }));

/** Two providers offer one model, one of them another; a developer publishes three apps. */
export async function openMarket(stage: Stage, runId: string): Promise<Market> {
  const [house, barn, maker, trader] = await Promise.all([
    registerOrganization(stage, 'provider', 'Compute House', runId),
    registerOrganization(stage, 'provider', 'Compute Barn', runId),
    registerOrganization(stage, 'developer', 'App Maker', runId),
    registerOrganization(stage, 'developer', 'Token Trader', runId),
  ]);
  const providers = [house, barn] as const;
  const direct = async (name: string, provider: 0 | 1, modelPrices: Prices): Promise<ByUse> => {
    const model = `${name}-${runId}`;
    const offer = await offerModel(stage, providers[provider].key, { model, modelPrices, provider });
    return { model, offer, provider, modelPrices, operatorBps: modelBps };
  };
  const ofHouse = await direct('large', 0, large[0]);
  const ofBarn = await direct('large', 1, large[1]);
  const lesser = await direct('small', 0, small);
  const publish = (name: string, prices: readonly object[], of?: ByUse) =>
    publishApp(stage, maker.key, { slug: `${name}-${runId}`, prices, models: of ? [of.model] : [] });
  const apps = {
    assistant: await publish('assistant', perUnit(assistant), ofHouse),
    starter: await publish('starter', perUnit(starter), ofBarn),
    archive: await publish('archive', graduated(archive)),
  };
  const through = ({ slug: app }: App, of: ByUse, appPrices: Prices): ByUse => ({
    ...{ ...of, app, appPrices, operatorBps: appBps },
  });
  const assisted = through(apps.assistant, ofHouse, assistant);
  const counted: ByMonth = { app: apps.archive.slug, counted: archive, operatorBps: appBps };
  return {
    providers,
    developers: [maker, trader],
    apps: Object.values(apps),
    offers: [ofHouse, ofBarn, lesser, assisted, assisted, through(apps.starter, ofBarn, starter), counted],
  };
}

const perUnit = (prices: Prices) => pricesOf(prices).map((price) => ({ ...price, model: 'per-unit' }));

const graduated = (counted: ByMonth['counted']) =>
  Object.entries(counted).map(([meter, { includedUnits, tiers }]) => ({
    ...{ meter, model: 'graduated', includedUnits: String(includedUnits) },
    tiers: tiers.map(({ upTo, unitPrice }) => ({ upTo: upTo === null ? null : String(upTo), unitPrice })),
  }));

/** Offers a model; the offer's id. */
async function offerModel(
  { registry, modelServers }: Stage,
  key: string,
  { model, modelPrices, provider }: Pick<ByUse, 'model' | 'modelPrices' | 'provider'>,
): Promise<string> {
  const server = modelServers[provider];
  if (server === undefined) throw new Error('no model servers are running: start the stack with "npm run up"');
  const body = {
    name: model,
    endpoint: `${server}/v1`,
    region: 'cn-east',
    prices: pricesOf(modelPrices),
    operatorBps: modelBps,
  };
  const { modelId } = await registry.call<{ modelId: string }>({ method: 'POST', path: '/v1/models', key, body });
  return modelId;
}

interface Published {
  readonly slug: string;
  readonly prices: readonly object[];
  readonly models: readonly string[];
}

async function publishApp(
  { registry, operatorKey }: Stage,
  key: string,
  { slug, prices, models }: Published,
): Promise<App> {
  const { appId } = await registry.call<{ appId: string }>({
    method: 'POST',
    path: '/v1/apps',
    key,
    body: { slug, name: 'App of the story' },
  });
  const manifest = {
    endpoint: 'https://apps.example.com',
    description: 'Answers questions about a subscriber’s own documents.',
    meters: ['input_tokens', 'output_tokens'].map((name) => ({ name, unit: 'units', aggregation: 'sum' })),
    plans: [{ id: planId, name: 'The only one', prices }],
    scopes: [],
    dataUse: ['documents that the subscriber uploads'],
    models,
    // The starter sells below the price of its model.
    subsidised: true,
    revenueShare: { operatorBps: appBps },
  };
  const { version } = await registry.call<{ version: number }>({
    method: 'POST',
    path: `/v1/apps/${appId}/versions`,
    key,
    body: manifest,
  });
  const act = (action: string, by: string) =>
    registry.call({ method: 'POST', path: `/v1/apps/${appId}/versions/${version}/${action}`, key: by, body: {} });
  await act('submit', key);
  await act('approve', operatorKey);
  await act('publish', key);
  return { appId, slug };
}

import { ApiClient, patienceMs, until } from '../trace/api-client.ts';
import type { Offer, Prices } from '../trace/trace-use.ts';

/** Addresses of the services, and the operator's key. */
export interface Stage {
  readonly operatorKey: string;
  readonly identity: ApiClient;
  readonly wallet: ApiClient;
  readonly registry: ApiClient;
  readonly metering: ApiClient;
  readonly settlement: ApiClient;
}

export function stageOf(run: {
  readonly operatorApiKey: string;
  readonly services: Readonly<Record<string, string>>;
}): Stage {
  const client = (service: string) => {
    const address = run.services[service];
    if (address === undefined) throw new Error(`${service} is not running: start the stack with "npm run up"`);
    return new ApiClient(address);
  };
  return {
    operatorKey: run.operatorApiKey,
    identity: client('identity'),
    wallet: client('wallet'),
    registry: client('app-registry'),
    metering: client('metering'),
    settlement: client('settlement'),
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

/** Offers of the story: two models of one provider, and an app on the first of them. */
export interface Market {
  readonly provider: Member;
  readonly developers: readonly [Member, Member];
  readonly app: { readonly appId: string; readonly slug: string; readonly planId: string };
  /** Direct use of either model, and the app twice, so that it sells as much as both models. */
  readonly offers: readonly Offer[];
}

/** µAIT per unit, with six decimals, so that rounding matters. */
const large: Prices = { input_tokens: '1.25', output_tokens: '5.000001' };
const small: Prices = { input_tokens: '0.2', output_tokens: '0.799999' };
const assistant: Prices = { input_tokens: '2.5', output_tokens: '9.333333' };
const modelBps = 500;
const appBps = 1000;

const pricesOf = (prices: Prices) => Object.entries(prices).map(([meter, unitPrice]) => ({ meter, unitPrice }));

export async function openMarket(stage: Stage, runId: string): Promise<Market> {
  const [provider, maker, trader] = await Promise.all([
    registerOrganization(stage, 'provider', 'Compute House', runId),
    registerOrganization(stage, 'developer', 'App Maker', runId),
    registerOrganization(stage, 'developer', 'Token Trader', runId),
  ]);
  const [first, second] = [`large-${runId}`, `small-${runId}`];
  await offerModel(stage, provider.key, first, large);
  await offerModel(stage, provider.key, second, small);
  const app = await publishApp(stage, maker.key, `assistant-${runId}`, first);
  const direct = (model: string, modelPrices: Prices): Offer => ({ model, modelPrices, operatorBps: modelBps });
  const throughApp: Offer = {
    model: first,
    modelPrices: large,
    app: app.slug,
    appPrices: assistant,
    operatorBps: appBps,
  };
  return {
    provider,
    developers: [maker, trader],
    app,
    offers: [direct(first, large), direct(second, small), throughApp, throughApp],
  };
}

async function offerModel({ registry }: Stage, key: string, name: string, prices: Prices): Promise<void> {
  const body = {
    name,
    endpoint: 'https://models.example.com/v1',
    region: 'cn-east',
    prices: pricesOf(prices),
    operatorBps: modelBps,
  };
  await registry.call({ method: 'POST', path: '/v1/models', key, body });
}

async function publishApp(
  { registry, operatorKey }: Stage,
  key: string,
  slug: string,
  model: string,
): Promise<Market['app']> {
  const { appId } = await registry.call<{ appId: string }>({
    method: 'POST',
    path: '/v1/apps',
    key,
    body: { slug, name: 'Assistant' },
  });
  const planId = 'pay-per-use';
  const manifest = {
    endpoint: 'https://assistant.example.com',
    description: 'Answers questions about a subscriber’s own documents.',
    meters: Object.keys(assistant).map((name) => ({ name, unit: 'units', aggregation: 'sum' })),
    plans: [
      {
        id: planId,
        name: 'Pay per use',
        prices: pricesOf(assistant).map((price) => ({ ...price, model: 'per-unit' })),
      },
    ],
    scopes: [],
    dataUse: ['documents that the subscriber uploads'],
    models: [model],
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
  return { appId, slug, planId };
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let developer: Caller;
const region = `region-${randomUUID()}`;
const model = `model-${randomUUID()}`;
beforeAll(async () => {
  registry = await runAppRegistry();
  developer = registry.party('developer');
  const offer = { name: model, endpoint: 'https://models.example', region, operatorBps: 0 };
  await registry.post(registry.party('provider'), '/v1/models', {
    ...{ ...offer, prices: [{ meter: 'input_tokens', unitPrice: '1' }] },
  });
  await publish('green-tea', 'Recommends teas by taste', { models: [model], subsidised: true, category: 'shopping' });
  const fees = { monthlyFee: '1000', seatFee: '100' };
  await publish('black-coffee', 'Recommends coffees by taste', { category: 'other' }, fees);
}, 120_000);
afterAll(() => registry.close(), 60_000);

async function publish(slug: string, description: string, more: object, fees: object = {}): Promise<void> {
  const { body } = await registry.post(developer, '/v1/apps', { slug, name: slug });
  const path = `/v1/apps/${String(body['appId'])}/versions`;
  const meter = slug.replace('-', '_');
  const perUnit = { id: 'unit', name: 'Unit', ...fees, prices: [{ meter, model: 'per-unit', unitPrice: '2.5' }] };
  const packages = {
    ...{ id: 'package', name: 'Package' },
    prices: [{ meter, model: 'package', unitPrice: '90', includedUnits: '100' }],
  };
  await registry.post(developer, path, {
    ...{ endpoint: 'https://app.example.com', description, plans: [perUnit, packages] },
    ...{ meters: [{ name: meter, unit: 'unit', aggregation: 'sum' }], scopes: [], dataUse: [] },
    ...{ revenueShare: { operatorBps: 1000 }, ...more },
  });
  for (const step of ['submit', 'approve', 'publish'])
    await registry.post(step === 'approve' ? registry.operator : developer, `${path}/1/${step}`);
}

const found = async (query: string) => {
  const { body } = await registry.get(undefined, `/v1/catalog?${query}`);
  return (body as { data: { slug: string; plans: object[] }[] }).data;
};
const slugs = async (query: string) => (await found(query)).map(({ slug }) => slug);

describe('a search of the catalogue', () => {
  it('is by words, each of which an app has somewhere', async () => {
    expect(await slugs('q=taste')).toEqual(['black-coffee', 'green-tea']);
    expect(await slugs('q=TASTE%20green')).toEqual(['green-tea']);
    expect(await slugs('q=taste%20milk')).toEqual([]);
    expect(await slugs('q=%25')).toEqual([]);
  });

  it('is by meter, and by the region of a model that an app uses', async () => {
    expect(await slugs('meter=green_tea')).toEqual(['green-tea']);
    expect(await slugs(`region=${region}`)).toEqual(['green-tea']);
    expect(await slugs('region=nowhere')).toEqual([]);
  });

  it('is by category', async () => {
    expect(await slugs('category=shopping')).toEqual(['green-tea']);
    expect(await slugs('category=other&q=taste')).toEqual(['black-coffee']);
    expect(await slugs('category=games')).toEqual([]);
    expect((await found('category=shopping'))[0]).toMatchObject({ category: 'shopping' });
    expect(await registry.get(undefined, '/v1/catalog?category=teas')).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: '/category' }] } },
    });
  });

  it('is by the cost of a use, which a plan has a price for, and by the fee of a month', async () => {
    expect(await slugs('units=green_tea:7.1&maxCost=18')).toEqual(['green-tea']);
    expect(await slugs('units=green_tea:7.1&maxCost=17')).toEqual([]);
    // Its packages cost 90.
    expect(await slugs('units=black_coffee:80&maxCost=90')).toEqual(['black-coffee']);
    // One of its plans has no fee, and the other one has fees of 1,200 with two seats.
    expect(await slugs('q=coffee&units=black_coffee:7.1&seats=2&maxCost=18&maxFee=1200')).toEqual(['black-coffee']);
    expect(await slugs('q=coffee&units=black_coffee:7.1&seats=2&maxCost=18&maxFee=1199')).toEqual([]);
    expect(await slugs('q=taste&maxFee=0')).toEqual(['black-coffee', 'green-tea']);
    for (const [query, pointer] of [
      ['maxCost=1', '/maxCost'],
      ['maxFee=-1', '/maxFee'],
      ['seats=0', '/seats'],
      ['units=a:1,b:2,a:3', '/units'],
    ]) {
      expect(await registry.get(undefined, `/v1/catalog?${query}`)).toMatchObject({
        ...{ status: 400, body: { errors: [{ pointer }] } },
      });
    }
  });

  it('is paged, also where costs are compared', async () => {
    const first = await registry.get(undefined, '/v1/catalog?q=taste&maxFee=0&limit=1');
    expect(first.body).toMatchObject({ data: [{ slug: 'black-coffee' }], nextCursor: expect.any(String) });
    const second = await found(`q=taste&maxFee=0&limit=1&cursor=${String(first.body['nextCursor'])}`);
    expect(second.map(({ slug }) => slug)).toEqual(['green-tea']);
  });

  it('says what a typical use costs by each plan, as a quote does', async () => {
    const [entry] = await found('q=green&units=green_tea:7.1');
    expect(entry!.plans).toMatchObject([
      { id: 'unit', cost: '18' },
      { id: 'package', cost: '90' },
    ]);
    for (const plan of ['unit', 'package']) {
      const asked = { app: 'green-tea', plan, units: { green_tea: '7.1' } };
      const { body } = await registry.post(undefined, '/v1/quotes', asked);
      expect(entry!.plans).toContainEqual(expect.objectContaining({ id: plan, cost: body['tokens'] }));
    }
    expect(await registry.get(undefined, '/v1/catalog?units=green_tea:-1')).toMatchObject({ status: 400 });
  });
});

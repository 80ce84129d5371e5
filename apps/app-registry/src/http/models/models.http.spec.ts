import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { instantOf } from '@tokengrid/contracts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let provider: Caller;
beforeAll(async () => {
  registry = await runAppRegistry({ OPERATOR_MINIMUM_BPS: '100' });
  provider = registry.party('provider');
}, 120_000);
afterAll(() => registry.close(), 60_000);
afterEach(() => void jest.restoreAllMocks());

const hourMs = 3_600_000;
const someModel = () => ({
  name: `model-${randomUUID()}`,
  endpoint: 'https://models.example/v1',
  region: 'cn-east',
  prices: [
    { meter: 'input_tokens', unitPrice: '2.5' },
    { meter: 'output_tokens', unitPrice: '10' },
  ],
  operatorBps: 500,
});
const offer = (body: unknown, key: string = randomUUID(), by = provider) => registry.post(by, '/v1/models', body, key);
const refused = (code: string) => ({ status: 409, body: { code } });

describe('a model', () => {
  it('is offered once for a key and a name, at prices in force from now on', async () => {
    const [model, key] = [someModel(), randomUUID()];
    const first = await offer(model, key);
    expect(first).toMatchObject({
      status: 201,
      body: {
        ...model,
        modelId: expect.stringMatching(/^mod_[0-9a-hjkmnp-tv-z]{26}$/),
        providerId: provider.partyId,
        priceVersion: 1,
      },
    });
    expect(await offer(model, key)).toEqual(first);
    expect(await offer({ ...model, region: 'cn-west' }, key)).toMatchObject({ status: 422 });
    expect(await offer(model, randomUUID(), registry.party('provider'))).toMatchObject(
      refused('APP_REGISTRY.MODEL_NAME_TAKEN'),
    );
    expect(await offer(model, randomUUID(), registry.party('developer'))).toMatchObject({ status: 403 });
  });

  it('leaves the operator its minimum', async () => {
    expect(await offer({ ...someModel(), operatorBps: 99 })).toMatchObject(refused('APP_REGISTRY.SHARE_BELOW_MINIMUM'));
    expect(await offer({ ...someModel(), operatorBps: 100 })).toMatchObject({ status: 201 });
  });

  it.each([
    ['a float for a price', { prices: [{ meter: 'requests', unitPrice: 2.5 }] }, '/prices/0/unitPrice'],
    ['a meter twice', { prices: [...someModel().prices, ...someModel().prices] }, '/prices'],
    ['no prices', { prices: [] }, '/prices'],
    ['a share that is a string', { operatorBps: '500' }, '/operatorBps'],
    ['a name with spaces', { name: 'my model' }, '/name'],
    ['an endpoint that is none', { endpoint: 'models' }, '/endpoint'],
  ])('is not offered with %s', async (_, more, pointer) => {
    expect(await offer({ ...someModel(), ...more })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer, detail: expect.any(String) }] },
    });
  });

  it('is seen by everybody with the prices in force; where it runs, by its provider and the operator', async () => {
    const model = someModel();
    const { modelId } = (await offer(model)).body;
    const later = instantOf(Date.now() + hourMs);
    const prices = [{ meter: 'input_tokens', unitPrice: '3' }];
    const path = `/v1/models/${String(modelId)}`;
    expect(await registry.post(provider, `${path}/prices`, { prices, effectiveFrom: later })).toMatchObject({
      status: 201,
      body: { modelId, name: model.name, prices, priceVersion: 2, effectiveFrom: later },
    });
    const { name, region } = model;
    const seen = { modelId, name, providerId: provider.partyId, region };
    const inForce = async () => {
      const { data } = (await registry.get(undefined, '/v1/models?limit=1000')).body as { data: { name: string }[] };
      return data.find((listed) => listed.name === name);
    };
    const first = { priceVersion: 1, prices: model.prices, effectiveFrom: expect.any(String) };
    const second = { priceVersion: 2, prices, effectiveFrom: later };
    expect(await inForce()).toEqual({ ...seen, ...first });
    expect((await registry.get(undefined, path)).body).toEqual({ ...seen, priceVersions: [first, second] });
    for (const who of [provider, registry.operator]) {
      expect((await registry.get(who, path)).body).toMatchObject({ endpoint: model.endpoint, operatorBps: 500 });
    }
    expect((await registry.get(registry.party('provider'), path)).body).not.toHaveProperty('endpoint');
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 2 * hourMs);
    expect(await inForce()).toEqual({ ...seen, ...second });
  });

  it('is priced by its provider alone, never in the past, always after the prices before', async () => {
    const { modelId } = (await offer(someModel())).body;
    const path = `/v1/models/${String(modelId)}/prices`;
    const prices = [{ meter: 'input_tokens', unitPrice: '4' }];
    const past = { prices, effectiveFrom: '2020-01-01T00:00:00.000Z' };
    const { status, body } = await registry.post(provider, path, past);
    expect({ status, priceVersion: body['priceVersion'] }).toEqual({ status: 201, priceVersion: 2 });
    expect(Date.parse(body['effectiveFrom'] as string)).toBeGreaterThan(Date.now() - hourMs);
    const scheduled = { prices, effectiveFrom: instantOf(Date.now() + hourMs) };
    expect(await registry.post(provider, path, scheduled)).toMatchObject({ status: 201 });
    expect(await registry.post(provider, path, { prices })).toMatchObject(refused('APP_REGISTRY.PRICES_TOO_EARLY'));
    expect(await registry.post(registry.party('provider'), path, { prices })).toMatchObject({ status: 404 });
    expect(await registry.post(provider, '/v1/models/mod_nonsense/prices', { prices })).toMatchObject({ status: 404 });
  });

  it('is priced at most 400 days ahead', async () => {
    const { modelId } = (await offer(someModel())).body;
    const path = `/v1/models/${String(modelId)}/prices`;
    const prices = [{ meter: 'input_tokens', unitPrice: '4' }];
    const ahead = (ms: number) =>
      registry.post(provider, path, { prices, effectiveFrom: instantOf(Date.now() + 400 * 24 * hourMs + ms) });
    expect(await ahead(hourMs)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/effectiveFrom', detail: 'must be at most 400 days ahead' }] },
    });
    expect(await ahead(-hourMs)).toMatchObject({ status: 201 });
  });

  it('has its announced prices withdrawn by its provider, who hears the same again under the same key', async () => {
    const { modelId } = (await offer(someModel())).body;
    const path = `/v1/models/${String(modelId)}`;
    const prices = [{ meter: 'input_tokens', unitPrice: '4' }];
    const effectiveFrom = instantOf(Date.now() + hourMs);
    await registry.post(provider, `${path}/prices`, { prices, effectiveFrom });
    const withdraw = (version: string, by = provider, key: string = randomUUID()) =>
      registry.call(by, 'DELETE', `${path}/prices/${version}`, undefined, key);
    expect(await withdraw('2', registry.party('provider'))).toMatchObject({ status: 404 });
    expect(await withdraw('2', registry.party('developer'))).toMatchObject({ status: 403 });
    const key = randomUUID();
    const first = await withdraw('2', provider, key);
    expect(first).toMatchObject({ status: 200, body: { modelId, priceVersion: 2, status: 'withdrawn' } });
    expect(await withdraw('2', provider, key)).toEqual(first);
    expect(await withdraw('2')).toMatchObject(refused('APP_REGISTRY.PRICE_WITHDRAWN'));
    expect(await withdraw('1')).toMatchObject(refused('APP_REGISTRY.PRICE_IN_FORCE'));
    for (const none of ['3', '0', '2.0', 'two', '99999999999999999999']) {
      expect(await withdraw(none)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
    const versions = async () => (await registry.get(undefined, path)).body['priceVersions'];
    expect(await versions()).toMatchObject([{ priceVersion: 1 }]);
    const next = await registry.post(provider, `${path}/prices`, { prices });
    expect(next).toMatchObject({ status: 201, body: { priceVersion: 3 } });
    expect(await versions()).toMatchObject([{ priceVersion: 1 }, { priceVersion: 3 }]);
  });
});

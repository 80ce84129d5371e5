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
/** Offers of a model, as everybody sees them. */
const listed = async (name: string) => {
  const path = `/v1/models?name=${encodeURIComponent(name)}`;
  return ((await registry.get(undefined, path)).body as { data: { providerId: string }[] }).data;
};
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
    expect(await offer(model, randomUUID(), registry.party('developer'))).toMatchObject({ status: 403 });
  });

  it('waits for the operator below its minimum, seen by its provider alone until it is approved', async () => {
    expect(await offer({ ...someModel(), operatorBps: 100 })).toMatchObject({
      status: 201,
      body: { status: 'offered' },
    });
    const model = { ...someModel(), operatorBps: 99 };
    const { body } = await offer(model);
    expect(body).toMatchObject({ ...model, status: 'pending' });
    const path = `/v1/models/${String(body['modelId'])}`;
    expect(await registry.get(provider, path)).toMatchObject({ body: { status: 'pending', operatorBps: 99 } });
    expect(await registry.get(undefined, path)).toMatchObject({ status: 404 });
    expect(await listed(model.name)).toEqual([]);
    expect(await registry.post(provider, `${path}/approve`)).toMatchObject({ status: 403 });
    expect(await registry.post(registry.operator, `${path}/approve`)).toMatchObject({
      ...{ status: 201, body: { status: 'offered', operatorBps: 99, priceVersion: 1 } },
    });
    expect(await listed(model.name)).toHaveLength(1);
    const prices = { prices: model.prices, operatorBps: 98 };
    expect(await registry.post(provider, `${path}/prices`, prices)).toMatchObject(
      refused('APP_REGISTRY.SHARE_BELOW_MINIMUM'),
    );
    expect(await registry.post(registry.operator, `${path}/prices`, prices)).toMatchObject({
      ...{ status: 201, body: { operatorBps: 98, priceVersion: 2 } },
    });
  });

  it('is rejected with reasons for its provider', async () => {
    const { body } = await offer({ ...someModel(), operatorBps: 1 });
    const path = `/v1/models/${String(body['modelId'])}`;
    const reasons = ['too low'];
    expect(await registry.post(registry.operator, `${path}/reject`, { reasons })).toMatchObject({ status: 200 });
    expect(await registry.get(provider, path)).toMatchObject({ body: { status: 'rejected', reasons } });
    expect(await registry.post(registry.operator, `${path}/approve`)).toMatchObject(
      refused('APP_REGISTRY.MODEL_IN_OTHER_STATE'),
    );
  });

  it.each([
    'Qwen2.5-72B-Instruct',
    'deepseek-ai/DeepSeek-V3',
    'llama3:70b',
    'meta-llama/Llama-3.3-70B-Instruct:free',
    'ft:gpt-4.1-mini:acme::7p4lURel',
  ])('has a name as people write it: %s', async (name) => {
    expect(await offer({ ...someModel(), name })).toMatchObject({ status: 201, body: { name } });
    for (const path of [name, encodeURIComponent(name), name.toLowerCase()]) {
      expect(await registry.get(undefined, `/v1/models/${path}`)).toMatchObject({
        status: 200,
        body: {
          ...{ id: name, object: 'model', owned_by: provider.partyId, created: expect.any(Number) },
          offers: [{ name, providerId: provider.partyId }],
        },
      });
    }
  });

  it('is offered by others too, under its first spelling; a name that looks like it is refused', async () => {
    const name = `House/Small-${randomUUID()}i`;
    await offer({ ...someModel(), name });
    const other = registry.party('provider');
    const second = await offer({ ...someModel(), name: name.toLowerCase() }, randomUUID(), other);
    expect(second).toMatchObject({ status: 201, body: { name, providerId: other.partyId } });
    expect((await listed(name)).map(({ providerId }) => providerId).sort()).toEqual(
      [provider.partyId, other.partyId].sort(),
    );
    const alike = { ...someModel(), name: `${name.slice(0, -1)}l` };
    expect(await offer(alike)).toMatchObject(refused('APP_REGISTRY.MODEL_NAME_CONFUSABLE'));
    const openAi = (await registry.get(undefined, '/v1/models?format=openai&limit=1000')).body;
    expect(openAi['object']).toBe('list');
    const models = openAi['data'] as { id: string }[];
    expect(models.filter(({ id }) => id.toLowerCase() === name.toLowerCase())).toEqual([
      { id: name, object: 'model', owned_by: provider.partyId, created: expect.any(Number) },
    ]);
  });

  it('is told apart by region and meter, and says its capacity, tokenizer and promises', async () => {
    const terms = { capacity: 20, tokenizer: 'qwen2.5', dataPromises: { training: false, retentionDays: 0 } };
    const model = { ...someModel(), ...terms, region: `region-${randomUUID()}` };
    await offer(model);
    const found = async (query: string) =>
      ((await registry.get(undefined, `/v1/models?${query}`)).body as { data: object[] }).data;
    expect(await found(`region=${model.region}`)).toMatchObject([terms]);
    expect(await found(`region=${model.region}&meter=output_tokens`)).toHaveLength(1);
    expect(await found(`region=${model.region}&meter=images`)).toEqual([]);
  });

  it('is suspended by the operator and withdrawn by its provider, and not listed then', async () => {
    const model = someModel();
    const { body } = await offer(model);
    const path = `/v1/models/${String(body['modelId'])}`;
    expect(await registry.post(provider, `${path}/suspend`)).toMatchObject({ status: 403 });
    expect(await registry.post(registry.operator, `${path}/suspend`)).toMatchObject({ body: { status: 'suspended' } });
    expect(await listed(model.name)).toEqual([]);
    expect(await registry.post(registry.operator, `${path}/reinstate`)).toMatchObject({ body: { status: 'offered' } });
    expect(await listed(model.name)).toHaveLength(1);
    const withdraw = (by: Caller) => registry.call(by, 'DELETE', path, undefined, randomUUID());
    expect(await withdraw(registry.party('provider'))).toMatchObject({ status: 404 });
    expect(await withdraw(provider)).toMatchObject({ status: 200, body: { status: 'withdrawn' } });
    expect(await listed(model.name)).toEqual([]);
    expect(await withdraw(provider)).toMatchObject(refused('APP_REGISTRY.MODEL_IN_OTHER_STATE'));
  });

  it.each([
    ['a float for a price', { prices: [{ meter: 'requests', unitPrice: 2.5 }] }, '/prices/0/unitPrice'],
    ['a meter twice', { prices: [...someModel().prices, ...someModel().prices] }, '/prices'],
    ['no prices', { prices: [] }, '/prices'],
    ['a share that is a string', { operatorBps: '500' }, '/operatorBps'],
    ['a name with spaces', { name: 'my model' }, '/name'],
    ['a name that is a path', { name: 'models/../prices' }, '/name'],
    ['a name that is an id of an offer', { name: `mod_${'0'.repeat(26)}` }, '/name'],
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
    const offered = { ...seen, status: 'offered', priceVersions: [first, second] };
    expect((await registry.get(undefined, path)).body).toEqual(offered);
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

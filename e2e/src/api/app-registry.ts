import { beforeAll, expect, it } from '@jest/globals';
import { expectInvalid, expectProblem } from './expectations.ts';
import { manifest, type Market, modelOffer, openMarket } from './market.ts';
import { registerOrganization, unique } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

/** Apps, models, and the rights to them. */
export function appRegistry(grid: () => Tokengrid): void {
  const at = () => grid().at('app-registry');
  let market: Market;
  beforeAll(async () => {
    market = await openMarket(grid());
  });

  it('says where a manifest is wrong', async () => {
    const { developer, appId } = market;
    const plan = (price: object) => ({
      plans: [{ id: 'p', name: 'P', prices: [{ meter: 'input_tokens', ...price }] }],
    });
    const perUnit = (unitPrice: unknown) => plan({ model: 'per-unit', unitPrice });
    const wrong: [changes: object, pointer: string][] = [
      [{ endpoint: 'javascript:alert(1)' }, '/endpoint'],
      [{ meters: [{ name: 'a', unit: 'u', aggregation: 'average' }] }, '/meters/0/aggregation'],
      [{ revenueShare: { operatorBps: 10_001 } }, '/revenueShare/operatorBps'],
      [{ colour: 'red' }, '/colour'],
      [perUnit('-1'), '/plans/0/prices/0/unitPrice'],
      [perUnit(1.5), '/plans/0/prices/0/unitPrice'],
      [perUnit('1.1234567'), '/plans/0/prices/0/unitPrice'],
      [perUnit('9'.repeat(40)), '/plans/0/prices/0/unitPrice'],
      [plan({ model: 'per-unit', unitPrice: '1', meter: 'smiles' }), '/plans/0/prices/0/meter'],
    ];
    for (const [changes, pointer] of wrong) {
      expectInvalid(await at().post(`/v1/apps/${appId}/versions`, developer.key, manifest(changes)), pointer);
    }
  });

  it('gives a slug once, and lets others offer a model', async () => {
    const { developer, slug, model } = market;
    expectProblem(await at().post('/v1/apps', developer.key, { slug, name: 'X' }), 409, 'APP_REGISTRY.SLUG_TAKEN');
    const other = await registerOrganization(grid(), 'provider');
    expect(await at().post('/v1/models', other.key, modelOffer(model))).toMatchObject({
      status: 201,
      body: { name: model },
    });
    const wanted = unique('wanted');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => at().post('/v1/apps', developer.key, { slug: wanted, name: 'X' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('shows the catalogue to anybody, and an app that is not published to its developer alone', async () => {
    const { body } = await at().get(`/v1/catalog?q=${market.slug}`);
    expect(body['data']).toEqual([expect.objectContaining({ slug: market.slug })]);
    const draft = await at().post('/v1/apps', market.developer.key, { slug: unique('draft'), name: 'X' });
    const path = `/v1/apps/${String(draft.body['appId'])}`;
    const stranger = await registerOrganization(grid(), 'developer');
    expect((await at().get(path, market.developer.key)).status).toBe(200);
    expectProblem(await at().get(path, stranger.key), 404, 'NOT_FOUND');
    expectProblem(await at().post(`${path}/versions`, stranger.key, manifest()), 404, 'NOT_FOUND');
  });

  it('leads a version through its life in order', async () => {
    const { developer, appId } = market;
    const path = `/v1/apps/${appId}/versions`;
    const { body } = await at().post(path, developer.key, manifest());
    const act = (action: string, key: string) => at().post(`${path}/${String(body['version'])}/${action}`, key);
    expect((await act('publish', developer.key)).status).toBe(409);
    expect((await act('submit', developer.key)).status).toBe(200);
    expectProblem(await act('approve', developer.key), 403, 'PERMISSION_DENIED');
    expect((await act('approve', grid().operatorKey)).status).toBe(200);
    for (const version of ['0', '-1', '1.5', 'abc', '9'.repeat(30), '77']) {
      expect([400, 404]).toContain((await at().post(`${path}/${version}/submit`, developer.key)).status);
    }
  });

  it('takes subscriptions to plans on offer, one at a time, and ends them for their owner alone', async () => {
    const { developer, appId } = market;
    const path = `/v1/apps/${appId}/subscriptions`;
    expectProblem(await at().post(path, developer.key, { planId: 'gold' }), 409, 'APP_REGISTRY.PLAN_NOT_OFFERED');
    const { status, body } = await at().post(path, developer.key, { planId: 'payg' });
    expect(status).toBe(201);
    expectProblem(await at().post(path, developer.key, { planId: 'payg' }), 409, 'APP_REGISTRY.ALREADY_SUBSCRIBED');
    const own = `/v1/subscriptions/${String(body['subscriptionId'])}`;
    expectProblem(await at().delete(own, market.subscriber.key), 404, 'NOT_FOUND');
    expect((await at().delete(own, developer.key)).status).toBeLessThan(300);
  });

  it('takes prices of a model from its provider alone, from a time as anybody writes it', async () => {
    const offered = await at().post('/v1/models', market.provider.key, modelOffer(unique('model')));
    const path = `/v1/models/${String(offered.body['modelId'])}/prices`;
    const effectiveFrom = new Date(Date.now() + 30 * 86_400_000).toISOString();
    // The same moment with another offset.
    const inBeijing = new Date(Date.parse(effectiveFrom) + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
    const body = { prices: [{ meter: 'input_tokens', unitPrice: '3' }], effectiveFrom: inBeijing };
    const stranger = await registerOrganization(grid(), 'provider');
    expectProblem(await at().post(path, stranger.key, body), 404, 'NOT_FOUND');
    const priced = await at().post(path, market.provider.key, body);
    expect(priced.status).toBeLessThan(300);
    expect(priced.body).toMatchObject({ effectiveFrom });
  });
}

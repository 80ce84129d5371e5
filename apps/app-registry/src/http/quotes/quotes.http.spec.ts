import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { meters, modelQuote, quotedPlan, quotedUse } from '../../decisions/rules/quotes-model.fixture.ts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let developer: Caller;
let provider: Caller;
beforeAll(async () => {
  registry = await runAppRegistry();
  [developer, provider] = [registry.party('developer'), registry.party('provider')];
}, 120_000);
afterAll(() => registry.close(), 60_000);

const quote = (body: object, by?: Caller) => registry.call(by, 'POST', '/v1/quotes', body);

const plans = [
  {
    id: 'tiered',
    name: 'Tiered',
    maximumCharge: '2500',
    prices: [
      {
        meter: 'questions',
        model: 'graduated',
        includedUnits: '10',
        tiers: [
          { upTo: '100', unitPrice: '20' },
          { upTo: null, unitPrice: '10.5' },
        ],
      },
      { meter: 'calls', model: 'per-unit', unitPrice: '7.5' },
    ],
  },
];
const manifest = {
  endpoint: 'https://chat.example',
  description: 'Answers questions',
  meters: [
    { name: 'questions', unit: 'question', aggregation: 'sum' },
    { name: 'calls', unit: 'call', aggregation: 'count' },
  ],
  plans,
  scopes: [],
  dataUse: [],
  revenueShare: { operatorBps: 1000 },
};

async function publishedApp(
  on: readonly object[] = plans,
  counted: readonly object[] = manifest.meters,
): Promise<{ readonly slug: string; readonly version: string; readonly path: string }> {
  const slug = `app-${randomUUID()}`;
  const { body } = await registry.post(developer, '/v1/apps', { slug, name: 'Chat' });
  const path = `/v1/apps/${String(body['appId'])}`;
  await registry.post(developer, `${path}/versions`, { ...manifest, plans: on, meters: counted });
  const version = `${path}/versions/1`;
  await registry.post(developer, `${version}/submit`);
  await registry.post(registry.operator, `${version}/approve`);
  expect(await registry.post(developer, `${version}/publish`)).toMatchObject({ status: 200 });
  return { slug, version, path };
}

async function offeredModel(): Promise<{ readonly name: string; readonly path: string }> {
  const name = `model-${randomUUID()}`;
  const prices = [{ meter: 'input_tokens', unitPrice: '2.5' }];
  const terms = { endpoint: 'https://models.example/v1', region: 'here', prices, operatorBps: 500 };
  const { body } = await registry.post(provider, '/v1/models', { name, ...terms });
  return { name, path: `/v1/models/${String(body['modelId'])}` };
}

describe('a quote', () => {
  it('is what a use of a model costs by the prices in force, for anybody', async () => {
    const { name, path } = await offeredModel();
    const body = { model: name, units: { input_tokens: '3', images: '4' } };
    const line = { meter: 'input_tokens', units: '3', unitPrice: '2.5', tokens: '8' };
    for (const by of [undefined, developer]) {
      expect(await quote(body, by)).toMatchObject({
        status: 200,
        body: { tokens: '8', priceVersion: `model:${name}@1`, lines: [line] },
      });
    }
    await registry.post(provider, `${path}/prices`, { prices: [{ meter: 'input_tokens', unitPrice: '4' }] });
    expect(await quote(body)).toMatchObject({ body: { tokens: '12', priceVersion: `model:${name}@2` } });
  });

  it('is what a use adds to a period of a plan, by the version that the catalogue shows', async () => {
    const { slug, version } = await publishedApp();
    const asked = (units: object, used?: object) => quote({ app: slug, plan: 'tiered', units, ...(used && { used }) });
    expect(await asked({ questions: '15', calls: '400' })).toMatchObject({
      status: 200,
      body: {
        tokens: '108',
        priceVersion: `app:${slug}:tiered@1`,
        lines: [
          { meter: 'calls', units: '1', unitPrice: '7.5', tokens: '8' },
          { kind: 'period', meter: 'questions', before: '0', after: '15', tokens: '100' },
        ],
      },
    });
    expect(await asked({ questions: '3' }, { questions: '109' })).toMatchObject({ body: { tokens: '41' } });
    expect(await asked({ questions: '100' }, { questions: '110' })).toMatchObject({
      body: { tokens: '500', lines: [{ tokens: '1050' }, { kind: 'maximum', tokens: '-550' }] },
    });
    expect(await asked({})).toMatchObject({ body: { tokens: '0', lines: [] } });
    await registry.post(developer, `${version}/deprecate`);
    expect(await asked({ questions: '1' })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('is what the sheet of rules says by any plan for any units, and what the catalogue shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(quotedPlan, { minLength: 1, maxLength: 4 }), quotedUse, async (quotedPlans, use) => {
        const on = quotedPlans.map(({ prices, ...bounds }, index) => ({
          ...{ id: `p${index}`, name: `Plan ${index}`, prices },
          ...Object.fromEntries(Object.entries(bounds).map(([name, amount]) => [name, String(amount)])),
        }));
        const { slug } = await publishedApp(on, meters);
        const units = Object.entries(use.units).map((each) => each.join(':'));
        const { body } = await registry.get(undefined, `/v1/catalog?q=${slug}&units=${units.join()}`);
        for (const [index, plan] of quotedPlans.entries()) {
          const asked = { app: slug, plan: `p${index}` };
          const tokens = String(modelQuote(plan, use.units, use.used));
          expect(await quote({ ...asked, ...use })).toMatchObject({ status: 200, body: { tokens } });
          const first = String(modelQuote(plan, use.units, {}));
          expect(await quote({ ...asked, units: use.units })).toMatchObject({ body: { tokens: first } });
          if (units.length === 0) continue;
          const [shown] = body['data'] as { plans: object[] }[];
          expect(shown!.plans[index]).toMatchObject({ id: `p${index}`, cost: first });
        }
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('is none of a period with half a count', async () => {
    const { slug } = await publishedApp();
    const asked = (calls: string) => quote({ app: slug, plan: 'tiered', units: { calls: '1' }, used: { calls } });
    expect(await asked('2.0')).toMatchObject({ status: 200 });
    expect(await asked('2.5')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/used/calls' }] } });
  });

  it('has the fee of a month beside the cost, for as many seats as are asked for', async () => {
    const fees = { monthlyFee: '5000', seatFee: '700' };
    const team = { id: 'team', name: 'Team', ...fees, prices: [] };
    const { slug } = await publishedApp([team, { id: 'free', name: 'Free', prices: [] }]);
    const asked = (plan: string, more: object = {}) => quote({ app: slug, plan, units: {}, ...more });
    expect(await asked('team')).toMatchObject({ status: 200, body: { tokens: '0', fee: '5700' } });
    expect(await asked('team', { seats: 11 })).toMatchObject({ body: { tokens: '0', fee: '12700' } });
    expect((await asked('free')).body).not.toHaveProperty('fee');
    expect(await asked('free', { seats: 11 })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/seats' }] },
    });
    const shown = await registry.get(undefined, `/v1/catalog?q=${slug}&seats=11&units=calls:1`);
    expect(shown.body).toMatchObject({ data: [{ plans: [{ ...fees, fee: '12700', cost: '0' }, { cost: '0' }] }] });
  });

  it('is 404 for what is not on offer', async () => {
    const { slug } = await publishedApp();
    const units = { calls: '1' };
    for (const body of [
      { app: slug, plan: 'gold', units },
      { app: 'no-such-app', plan: 'tiered', units },
      { model: 'none', units },
    ]) {
      expect(await quote(body)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  it('is 400 with the place for what can be no use', async () => {
    const { name } = await offeredModel();
    const units = { input_tokens: '1' };
    const wrong: [object, string][] = [
      [{ units }, '/app'],
      [{ app: 'tea-shop', plan: 'basic', model: name, units }, '/app'],
      [{ app: 'tea-shop', units }, '/plan'],
      [{ model: name, plan: 'basic', units }, '/plan'],
      [{ model: name, units: { input_tokens: '1.1234567' } }, '/units/input_tokens'],
      [{ model: name, units: { input_tokens: `1${'0'.repeat(18)}` } }, '/units/input_tokens'],
      [{ model: name, units: { images: '1' } }, '/units'],
      [JSON.parse(`{"model":"${name}","units":{"__proto__":"1"}}`) as object, '/units/__proto__'],
    ];
    for (const [body, pointer] of wrong) {
      expect(await quote(body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
  });
});

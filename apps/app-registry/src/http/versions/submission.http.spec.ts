import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatManifest as manifest } from '../../testing/chat-manifest.ts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let developer: Caller;
let other: Caller;
beforeAll(async () => {
  registry = await runAppRegistry();
  [developer, other] = [registry.party('developer'), registry.party('developer')];
}, 120_000);
afterAll(() => registry.close(), 60_000);

describe('a version that is submitted', () => {
  const submitted = async (more: object, name = 'Chat', by = developer) => {
    const made = await registry.post(by, '/v1/apps', { slug: `app-${randomUUID()}`, name });
    const path = `/v1/apps/${String(made.body['appId'])}/versions`;
    expect(await registry.post(by, path, { ...manifest, ...more })).toMatchObject({ status: 201 });
    const { body } = await registry.post(by, `${path}/1/submit`);
    expect((await registry.get(by, `${path}/1`)).body).toMatchObject(body);
    return { path, body };
  };

  it('that a dearer model leaves below its cost stays published, and its developer is told', async () => {
    const provider = registry.party('provider');
    const name = `model-${randomUUID()}`;
    const offer = { name, endpoint: 'https://models.example', region: 'here', operatorBps: 0 };
    const at = (unitPrice: string) => [{ meter: 'output_tokens', unitPrice }];
    const { modelId } = (await registry.post(provider, '/v1/models', { ...offer, prices: at('0.9') })).body;
    const { path } = await submitted({ models: [name] });
    await registry.post(registry.operator, `${path}/1/approve`);
    await registry.post(developer, `${path}/1/publish`);
    const app = async () => (await registry.get(developer, path.replace('/versions', ''))).body;
    expect(await app()).not.toHaveProperty('belowCost');
    await registry.post(provider, `/v1/models/${String(modelId)}/prices`, { prices: at('0.91') });
    expect(await app()).toMatchObject({ status: 'published', belowCost: true });
    const { data } = (await registry.get(developer, '/v1/apps?limit=1000')).body as { data: object[] };
    expect(data).toContainEqual(await app());
  });

  it('is rejected with every fault at once: a code, a pointer and a sentence each', async () => {
    const provider = registry.party('provider');
    const model = `model-${randomUUID()}`;
    const offer = { name: model, endpoint: 'https://models.example', region: 'here', operatorBps: 0 };
    const prices = [{ meter: 'output_tokens', unitPrice: '3' }];
    expect(await registry.post(provider, '/v1/models', { ...offer, prices })).toMatchObject({ status: 201 });
    const wrong = { endpoint: 'http://169.254.169.254', dataUse: [], models: [model, 'nobodys-model'] };
    expect((await submitted(wrong)).body).toMatchObject({
      status: 'rejected',
      faults: [
        { code: 'APP_REGISTRY.ENDPOINT_NOT_HTTPS', pointer: '/endpoint', detail: 'must be an https URL' },
        {
          code: 'APP_REGISTRY.ENDPOINT_INTERNAL',
          pointer: '/endpoint',
          detail: expect.stringContaining('must be a public address'),
        },
        {
          code: 'APP_REGISTRY.DATA_USE_MISSING',
          pointer: '/dataUse',
          detail: 'must state the use of the data behind the scopes',
        },
        { code: 'APP_REGISTRY.MODEL_UNKNOWN', pointer: '/models/1', detail: 'is not the name of a model on offer' },
        {
          code: 'APP_REGISTRY.PRICE_BELOW_COST',
          pointer: '/plans/1/prices/0/tiers/0/unitPrice',
          detail: `must be at least 3.333334, to cover the cost of ${model} after the operator's share, unless the manifest is subsidised`,
        },
        { code: 'APP_REGISTRY.PRICE_BELOW_COST', pointer: '/plans/1/prices/0/tiers/1/unitPrice' },
      ],
    });
    expect((await submitted({ models: [model], subsidised: true })).body).toMatchObject({ status: 'submitted' });
  });

  it('is answered with the first 500 of thousands of faults, in one step', async () => {
    const provider = registry.party('provider');
    const model = `model-${randomUUID()}`;
    const meters = Array.from({ length: 20 }, (_, index) => ({ name: `m${index}`, unit: 'unit', aggregation: 'sum' }));
    const offer = { name: model, endpoint: 'https://models.example', region: 'here', operatorBps: 0 };
    const offered = meters.map(({ name }) => ({ meter: name, unitPrice: '5' }));
    expect(await registry.post(provider, '/v1/models', { ...offer, prices: offered })).toMatchObject({ status: 201 });
    const ends = [...Array.from({ length: 19 }, (_, index) => `${index + 1}`), null];
    const tiers = ends.map((upTo) => ({ upTo, unitPrice: '0' }));
    const prices = meters.map(({ name }) => ({ meter: name, model: 'graduated', tiers }));
    const plans = Array.from({ length: 20 }, (_, index) => ({ id: `plan-${index}`, name: `Plan ${index}`, prices }));
    const { body } = await submitted({ meters, plans, models: [model] });
    expect(body).toMatchObject({ status: 'rejected' });
    expect(body['faults']).toHaveLength(500);
  });

  it("is rejected under a name that looks like another developer's, and not under the same words", async () => {
    const name = `Tea ${randomUUID()}`;
    const { path } = await submitted({}, name);
    await registry.post(registry.operator, `${path}/1/approve`);
    const lookAlike = name.replace('e', '\u0435');
    expect((await submitted({}, lookAlike, other)).body).toMatchObject({ status: 'submitted' });
    await registry.post(developer, `${path}/1/publish`);
    expect((await submitted({}, lookAlike, other)).body).toMatchObject({
      status: 'rejected',
      faults: [{ code: 'APP_REGISTRY.NAME_CONFUSABLE', pointer: '/name' }],
    });
    expect((await submitted({}, name.toUpperCase(), other)).body).toMatchObject({ status: 'submitted' });
    expect((await submitted({}, lookAlike)).body).toMatchObject({ status: 'submitted' });
  });

  it('keeps what it says of reporters, models and the subsidy, and can be withdrawn', async () => {
    const said = {
      meters: [{ ...manifest.meters[0], reportedBy: 'developer' }],
      models: [],
      subsidised: false,
    };
    const { path } = await submitted(said);
    expect((await registry.get(developer, `${path}/1`)).body['manifest']).toMatchObject(said);
    expect(await registry.post(developer, `${path}/1/withdraw`)).toMatchObject({ body: { status: 'withdrawn' } });
    expect(await registry.post(registry.operator, `${path}/1/approve`)).toMatchObject({
      status: 409,
      body: { code: 'APP_REGISTRY.VERSION_IN_OTHER_STATE' },
    });
  });
});

describe('the schema of manifests', () => {
  it('is there for everybody, with examples that are drafted and pass the checks', async () => {
    const { status, body } = await registry.get(undefined, '/v1/manifest-schema');
    expect({ status, title: body['title'] }).toEqual({ status: 200, title: 'Manifest' });
    const examples = body['examples'] as { models?: string[] }[];
    expect(examples).toHaveLength(2);
    const provider = registry.party('provider');
    for (const name of examples.flatMap(({ models = [] }) => models)) {
      const prices = [{ meter: 'output_tokens', unitPrice: '30' }];
      const model = { name, endpoint: 'https://models.example', region: 'here', operatorBps: 0, prices };
      expect(await registry.post(provider, '/v1/models', model)).toMatchObject({ status: 201 });
    }
    const made = await registry.post(developer, '/v1/apps', { slug: `app-${randomUUID()}`, name: 'Chat' });
    const path = `/v1/apps/${String(made.body['appId'])}/versions`;
    for (const [index, example] of examples.entries()) {
      expect(await registry.post(developer, path, example)).toMatchObject({ status: 201 });
      expect(await registry.post(developer, `${path}/${index + 1}/submit`)).toMatchObject({
        body: { status: 'submitted' },
      });
    }
  });

  it('describes every field', async () => {
    const { body } = await registry.get(undefined, '/v1/manifest-schema');
    const undescribed = (schema: object, at: string): string[] =>
      Object.entries(schema).flatMap(([key, inner]: [string, unknown]) => {
        if (key === 'examples' || typeof inner !== 'object' || inner === null) return [];
        const here = key === 'properties' ? Object.entries(inner as Record<string, object>) : [];
        return [
          ...here.flatMap(([name, field]) => ('description' in field ? [] : [`${at}/${name}`])),
          ...undescribed(inner, key === 'properties' ? at : `${at}/${key}`),
        ];
      });
    expect(undescribed(body, '')).toEqual([]);
  });
});

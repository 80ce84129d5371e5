import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { askWhatever, unreadableEvents } from '@tokengrid/service/specimen';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { AppRequest } from './apps/apps.requests.ts';
import { ModelRequest, PricesRequest } from './models/models.requests.ts';
import { PublicationRequest, RejectionRequest, VersionRequest } from './versions/versions.requests.ts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let developer: Caller;
let provider: Caller;
let appId: unknown;
let modelId: unknown;
beforeAll(async () => {
  registry = await runAppRegistry();
  [developer, provider] = [registry.party('developer'), registry.party('provider')];
  appId = (await registry.post(developer, '/v1/apps', { slug: 'first', name: 'First' }, randomUUID())).body['appId'];
  const prices = [{ meter: 'requests', unitPrice: '1' }];
  const model = { name: 'first', endpoint: 'https://a.example', region: 'here', prices, operatorBps: 500 };
  modelId = (await registry.post(provider, '/v1/models', model, randomUUID())).body['modelId'];
}, 120_000);
afterAll(() => registry.close(), 60_000);

describe('whatever a request may say', () => {
  afterAll(async () => {
    expect(await unreadableEvents(registry.instance(DataSource), appRegistryCatalogue)).toEqual([]);
  });

  it('becomes an event that can be read: an app', () =>
    askWhatever(AppRequest, (body) => registry.post(developer, '/v1/apps', body, randomUUID())));

  it('becomes an event that can be read: a model, and its prices', async () => {
    await askWhatever(ModelRequest, (body) => registry.post(provider, '/v1/models', body, randomUUID()));
    const path = `/v1/models/${modelId as string}/prices`;
    await askWhatever(PricesRequest, (body) => registry.post(provider, path, body, randomUUID()));
  });

  it('becomes an event that can be read: a version, its rejection and its publication', async () => {
    const path = `/v1/apps/${appId as string}/versions`;
    const draft = (body: unknown) => registry.post(developer, path, body, randomUUID());
    // Of random manifests 4 % have parts that fit together: of every second one they are made to.
    let asked = 0;
    await askWhatever(VersionRequest, (body) => draft(asked++ % 2 === 0 ? body : fitting(body as Manifest)), {
      runs: 20,
    });
    const onDraft = async (action: string, who: Caller, body: unknown, before: readonly string[]) => {
      const { version } = (await draft(plainManifest)).body as { version: number };
      for (const step of before) {
        const by = step === 'approve' ? registry.operator : developer;
        await registry.post(by, `${path}/${version}/${step}`, {}, randomUUID());
      }
      return registry.post(who, `${path}/${version}/${action}`, body, randomUUID());
    };
    await askWhatever(RejectionRequest, (body) => onDraft('reject', registry.operator, body, ['submit']));
    await askWhatever(PublicationRequest, (body) => onDraft('publish', developer, body, ['submit', 'approve']));
  });
});

type Manifest = z.output<typeof VersionRequest>;

/** A manifest without the parts that have to fit others: one plan, without prices and bounds. */
function fitting({ plans, ...manifest }: Manifest): object {
  const [{ minimumCharge: _, maximumCharge: __, ...plan }] = plans as [Manifest['plans'][number]];
  return { ...manifest, meters: [], models: [], plans: [{ ...plan, prices: [] }] };
}

const plainManifest = {
  ...{ endpoint: 'https://a.example', description: 'an app', meters: [], scopes: [], dataUse: [] },
  plans: [{ id: 'basic', name: 'Basic', prices: [] }],
  revenueShare: { operatorBps: 500 },
};

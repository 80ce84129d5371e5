import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodiesOf } from '@tokengrid/service/specimen';
import fc from 'fast-check';
import type { z } from 'zod';
import {
  AppRequest,
  ModelRequest,
  PricesRequest,
  PublicationRequest,
  RejectionRequest,
  VersionRequest,
} from './http/app-registry.requests.ts';
import { type Answered, type Caller, runAppRegistry, type RunningAppRegistry } from './testing/run-app-registry.ts';

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

const bodiesAtOnce = 8;

/** Asks with whatever a schema accepts. The write check turns an event that its readers would refuse into 500 EVENT_INVALID. */
const expectReadable = (schema: z.ZodType, ask: (body: unknown) => Promise<Answered>) =>
  fc.assert(
    fc.asyncProperty(
      fc.array(bodiesOf(schema), { minLength: bodiesAtOnce, maxLength: bodiesAtOnce }),
      async (bodies) => {
        const answers = await Promise.all(bodies.map(ask));
        expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      },
    ),
    { numRuns: 5, endOnFailure: true },
  );

describe('whatever a request may say', () => {
  it('becomes an event that can be read: an app', () =>
    expectReadable(AppRequest, (body) => registry.post(developer, '/v1/apps', body, randomUUID())));

  it('becomes an event that can be read: a model, and its prices', async () => {
    await expectReadable(ModelRequest, (body) => registry.post(provider, '/v1/models', body, randomUUID()));
    const path = `/v1/models/${modelId as string}/prices`;
    await expectReadable(PricesRequest, (body) => registry.post(provider, path, body, randomUUID()));
  });

  it('becomes an event that can be read: a version, its rejection and its publication', async () => {
    const path = `/v1/apps/${appId as string}/versions`;
    const draft = (body: unknown) => registry.post(developer, path, body, randomUUID());
    await expectReadable(VersionRequest, draft);
    const onDraft = async (action: string, who: Caller, body: unknown, before: readonly string[]) => {
      const { version } = (await draft(plainManifest)).body as { version: number };
      for (const step of before) {
        const by = step === 'approve' ? registry.operator : developer;
        await registry.post(by, `${path}/${version}/${step}`, {}, randomUUID());
      }
      return registry.post(who, `${path}/${version}/${action}`, body, randomUUID());
    };
    await expectReadable(RejectionRequest, (body) => onDraft('reject', registry.operator, body, ['submit']));
    await expectReadable(PublicationRequest, (body) => onDraft('publish', developer, body, ['submit', 'approve']));
  });
});

const plainManifest = {
  ...{ endpoint: 'https://a.example', description: 'an app', meters: [], scopes: [], dataUse: [] },
  plans: [{ id: 'basic', name: 'Basic', prices: [] }],
  revenueShare: { operatorBps: 500 },
};

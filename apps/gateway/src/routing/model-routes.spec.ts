import { describe, expect, it } from '@jest/globals';
import { type OfferFacts } from '../directory/facts.ts';
import { NoRoute, type RouteWish } from '../serving/routes.ts';
import type { Authorization, Credentials } from '../credentials/credentials.ts';
import { breakerRules } from './breaker.ts';
import { ModelRoutes } from './model-routes.ts';
import { OffersHealth } from './offers-health.ts';

const factsOf = (modelId: string, over: Partial<OfferFacts> = {}): OfferFacts => ({
  ...{ modelId, providerId: `org_${modelId}`, name: 'Qwen-1', endpoint: `https://${modelId}.example/v1`, region: 'eu' },
  ...{ capacity: null, tokenizer: null, training: null, retentionDays: null, offeredAt: 0, isServed: true },
  priceLists: [{ version: 1, effectiveFrom: 0, prices: [{ meter: 'input_tokens', unitPrice: '1' }] }],
  ...over,
});

/** @param credentials authorizations of offers, and whether others stand in for refused ones */
function routesOver(
  offers: readonly OfferFacts[],
  doubt?: string,
  credentials: { readonly of?: Readonly<Record<string, Authorization>>; readonly standsIn?: boolean } = {},
) {
  const asked: string[] = [];
  const offersLike = (name: string) => Promise.resolve(asked.push(name) > 0 ? offers : []);
  const clock = { now: () => 1000 };
  const directory = { offersLike } as unknown as ConstructorParameters<typeof ModelRoutes>[0];
  const kept = {
    of: (offerId: string) => Promise.resolve(credentials.of?.[offerId] ?? { value: undefined }),
    refuse: () => Promise.resolve(credentials.standsIn ?? false),
  } as unknown as Credentials;
  const changes: string[] = [];
  const health = new OffersHealth(breakerRules, ({ offerId, after }) => void changes.push(`${offerId} ${after.state}`));
  const routes = new ModelRoutes(directory, clock, { unsure: () => Promise.resolve(doubt) }, kept, health);
  const wish = (over: Partial<RouteWish> = {}): RouteWish => ({
    ...{ model: 'qwen-1', partyId: 'sub_1', keyId: 'key_1', affinity: '', sort: 'price' },
    ...over,
  });
  return {
    ...{ routes, asked, changes, wish },
    choose: async (over?: Partial<RouteWish>) => (await routes.choose(wish(over))).map(({ offer }) => offer.offerId),
    refusal: (over?: Partial<RouteWish>) =>
      routes.choose(wish(over)).then(
        () => undefined,
        (error: unknown) => (error instanceof NoRoute ? [error.why, error.message, error.retryAfterMs] : error),
      ),
  };
}

describe('a model', () => {
  it('is found in any capitals, with its offers that serve', async () => {
    const { choose } = routesOver([factsOf('a'), factsOf('b', { isServed: false })]);
    expect(await choose({ model: 'QWEN-1' })).toEqual(['a']);
  });

  it('is served at the price in force, by its version', async () => {
    const later = { version: 2, effectiveFrom: 1001, prices: [{ meter: 'input_tokens', unitPrice: '9' }] };
    const { routes } = routesOver([factsOf('a', { priceLists: [...factsOf('a').priceLists, later] })]);
    const [route] = await routes.choose({ model: 'qwen-1', partyId: 'sub_1', keyId: 'key_1', affinity: '' });
    expect(route?.offer).toMatchObject({ priceVersion: 1, prices: new Map([['input_tokens', '1']]) });
  });

  it('that promises nothing about training is not taken where it is denied', async () => {
    const { choose } = routesOver([factsOf('a'), factsOf('b', { training: false })]);
    expect(await choose({ denyTraining: true })).toEqual(['b']);
  });

  it('is served by its first choice alone without fallbacks', async () => {
    const { choose } = routesOver([factsOf('a'), factsOf('b')]);
    expect(await choose({ allowFallbacks: false })).toEqual(['a']);
    expect(await choose({ allowFallbacks: false, order: ['b', 'a'] })).toEqual(['b', 'a']);
  });
});

describe('credentials', () => {
  it('go with the offers that have some', async () => {
    const { routes, wish } = routesOver([factsOf('a'), factsOf('b')], undefined, { of: { b: { value: 'Bearer x' } } });
    expect((await routes.choose(wish())).map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer x']);
  });

  it('that are lost leave an offer out, and a model without any other unserved', async () => {
    const { choose } = routesOver([factsOf('a'), factsOf('b')], undefined, { of: { a: 'lost' } });
    expect(await choose()).toEqual(['b']);
    expect(await routesOver([factsOf('a')], undefined, { of: { a: 'lost' } }).refusal()).toEqual([
      'none-healthy',
      'the credentials of Qwen-1 are lost; its providers have to set them',
      undefined,
    ]);
  });

  it('that are refused three times in a row close an offer, unless former ones stand in', async () => {
    const refuse = async (standsIn: boolean) => {
      const { routes, changes } = routesOver([factsOf('a')], undefined, { standsIn });
      for (let refused = 0; refused < 3; refused++) routes.tell('a', { kind: 'unauthorized' });
      await new Promise((settled) => setImmediate(settled));
      return changes;
    };
    expect(await refuse(false)).toEqual(['a open']);
    expect(await refuse(true)).toEqual([]);
  });
});

describe('no route is', () => {
  it('a model that nobody offers', async () =>
    expect(await routesOver([]).refusal()).toEqual(['unknown-model', 'no such model: qwen-1', undefined]));

  it('a model whose name only looks like another: the answer names that one', async () =>
    expect(await routesOver([factsOf('a')]).refusal({ model: 'qwen-l' })).toEqual([
      'unknown-model',
      'no such model: qwen-l; there is Qwen-1',
      undefined,
    ]));

  it('a model that is not on offer now', async () =>
    expect(await routesOver([factsOf('a', { isServed: false })]).refusal()).toEqual([
      'unknown-model',
      'Qwen-1 is not on offer now',
      undefined,
    ]));

  it.each(['', '../etc/passwd', 'a'.repeat(97), 'qwen\u0000', '@org_1'])(
    'a name that no model can have, which is not looked up: %j',
    async (model) => {
      const { refusal, asked } = routesOver([factsOf('a')]);
      expect(await refusal({ model })).toEqual([
        'unknown-model',
        `no such model: ${model.replace('@org_1', '')}`,
        undefined,
      ]);
      expect(asked).toEqual([]);
    },
  );

  it('one that a request rules out: the answer says by what', async () => {
    const { refusal } = routesOver([factsOf('a'), factsOf('b', { region: 'us' }), factsOf('c')]);
    expect(await refusal({ region: 'us', denyTraining: true })).toEqual([
      'not-allowed',
      'no offer of Qwen-1 is allowed: ruled out 2 by region, 1 by the promise not to train on requests',
      undefined,
    ]);
  });

  it('unknown while events are missing: that is told apart', async () =>
    expect(await routesOver([], 'events of app-registry are late').refusal()).toEqual([
      'none-healthy',
      "models can't be told now: events of app-registry are late",
      undefined,
    ]));

  it('one whose offers failed, for as long as they are open', async () => {
    const { routes, choose, refusal } = routesOver([factsOf('a'), factsOf('b')]);
    for (const offerId of ['a', 'a', 'a']) routes.tell(offerId, { kind: 'failed' });
    expect(await choose()).toEqual(['b']);
    routes.tell('b', { kind: 'busy', retryAfterMs: 2000 });
    const [why, message, retryAfterMs] = (await refusal()) as [string, string, number];
    expect([why, message]).toEqual(['none-healthy', 'no provider of Qwen-1 can be reached now']);
    expect(retryAfterMs).toBeGreaterThan(1000);
    expect(retryAfterMs).toBeLessThanOrEqual(2000);
  });
});

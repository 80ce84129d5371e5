import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chatManifest as manifest } from '../../testing/chat-manifest.ts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let developer: Caller;
let other: Caller;
let subscriber: Caller;
beforeAll(async () => {
  registry = await runAppRegistry();
  [developer, other, subscriber] = [
    registry.party('developer'),
    registry.party('developer'),
    registry.party('subscriber'),
  ];
}, 120_000);
afterAll(() => registry.close(), 60_000);
afterEach(() => {
  registry.log.away = false;
});

const someSlug = () => `app-${randomUUID()}`;
const id = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
const refused = (code: string) => ({ status: 409, body: { code } });
const notFound = { status: 404, body: { code: 'NOT_FOUND' } };

const create = (slug: string, key: string = randomUUID(), by = developer) =>
  registry.post(by, '/v1/apps', { slug, name: 'Chat' }, key);
async function newApp(): Promise<{ readonly appId: string; readonly slug: string; readonly path: string }> {
  const slug = someSlug();
  const appId = (await create(slug)).body['appId'] as string;
  return { appId, slug, path: `/v1/apps/${appId}` };
}

/** Drafts, submits and approves a new version. */
async function approve(path: string, more: object = {}): Promise<string> {
  const { body } = await registry.post(developer, `${path}/versions`, { ...manifest, ...more });
  const version = `${path}/versions/${String(body['version'])}`;
  await registry.post(developer, `${version}/submit`);
  expect(await registry.post(registry.operator, `${version}/approve`)).toMatchObject({ status: 200 });
  return version;
}
async function publishedApp() {
  const app = await newApp();
  const version = await approve(app.path);
  expect(await registry.post(developer, `${version}/publish`)).toMatchObject({ status: 200 });
  return { ...app, version };
}

const search = async (query: string) =>
  (await registry.get(undefined, `/v1/catalog?${query}`)).body['data'] as unknown[];

describe('making an app', () => {
  it('makes it once for a key, and says the same to a repeat', async () => {
    const [slug, key] = [someSlug(), randomUUID()];
    const first = await create(slug, key);
    const app = { appId: id('app'), slug, name: 'Chat', developerId: developer.partyId, status: 'draft' };
    expect(first).toMatchObject({ status: 201, body: app });
    expect(await create(slug, key)).toEqual(first);
    expect(await create(someSlug(), key)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('gives a slug away once, even to many at once', async () => {
    const slug = someSlug();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(slug)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    const key = randomUUID();
    const taken = await create(slug, key, other);
    expect(taken).toMatchObject(refused('APP_REGISTRY.SLUG_TAKEN'));
    expect(await create(slug, key, other)).toEqual(taken);
    expect(await registry.get(other, String(taken.body['instance']))).toEqual(taken);
  });

  it('answers 202 while the log is away, and the outcome after that', async () => {
    const [slug, key] = [someSlug(), randomUUID()];
    registry.log.away = true;
    const pending = await create(slug, key);
    expect(pending).toMatchObject({ status: 202, body: { status: 'pending' } });
    registry.log.away = false;
    const made = await create(slug, key);
    expect(made).toMatchObject({ status: 201, body: { slug } });
    expect(await registry.get(developer, pending.location!)).toEqual(made);
    expect(await registry.get(other, pending.location!)).toMatchObject(notFound);
  });

  it.each(['ab', 'Chat', '-chat', 'chat-', 'chat_app', 'xn--cht-5cd', 'c'.repeat(64), 7, null])(
    'does not take %j for a slug',
    async (slug) => {
      expect(await registry.post(developer, '/v1/apps', { slug, name: 'Chat' })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/slug', detail: expect.any(String) }] },
      });
    },
  );

  it('is for those with the scope', async () => {
    expect(await registry.post(subscriber, '/v1/apps', { slug: someSlug(), name: 'Chat' })).toMatchObject({
      status: 403,
    });
    expect(await registry.post(undefined, '/v1/apps', { slug: someSlug(), name: 'Chat' })).toMatchObject({
      status: 401,
    });
  });
});

describe('a slug that looks like another', () => {
  it('is refused, whoever wants it', async () => {
    const part = randomUUID().slice(0, 8);
    expect(await create(`google-${part}`)).toMatchObject({ status: 201 });
    const alike = refused('APP_REGISTRY.SLUG_CONFUSABLE');
    expect(await create(`g00gle-${part}`, randomUUID(), other)).toMatchObject(alike);
    expect(await create(`goog1e-${part}`)).toMatchObject(alike);
    expect(await create(`google-${part}`, randomUUID(), other)).toMatchObject(refused('APP_REGISTRY.SLUG_TAKEN'));
  });
});

describe('an app', () => {
  it('is there for its developer and the operator, and for nobody else', async () => {
    const { appId, path } = await newApp();
    await registry.post(developer, `${path}/versions`, manifest);
    for (const place of [path, `${path}/versions`, `${path}/versions/1`]) {
      expect(await registry.get(developer, place)).toMatchObject({ status: 200 });
      expect(await registry.get(registry.operator, place)).toMatchObject({ status: 200 });
      expect(await registry.get(other, place)).toMatchObject(notFound);
    }
    expect(await registry.post(other, `${path}/versions`, manifest)).toMatchObject(notFound);
    for (const step of ['submit', 'publish', 'deprecate']) {
      expect(await registry.post(other, `${path}/versions/1/${step}`)).toMatchObject(notFound);
    }
    const own = (await registry.get(developer, '/v1/apps?limit=1000')).body['data'] as { appId: string }[];
    expect(own.map((app) => app.appId)).toContain(appId);
    expect((await registry.get(other, '/v1/apps')).body).toEqual({ data: [], nextCursor: null });
  });

  it('is listed page by page', async () => {
    const who = registry.party('developer');
    const made: unknown[] = [];
    for (let count = 0; count < 3; count++) made.push((await create(someSlug(), randomUUID(), who)).body['appId']);
    const first = (await registry.get(who, '/v1/apps?limit=2')).body as {
      data: { appId: string }[];
      nextCursor: string;
    };
    const next = (await registry.get(who, `/v1/apps?limit=2&cursor=${first.nextCursor}`)).body as typeof first;
    expect([...first.data, ...next.data].map(({ appId }) => appId)).toEqual(made);
    expect(next.nextCursor).toBeNull();
    expect(await registry.get(who, '/v1/apps?cursor=nonsense')).toMatchObject({ status: 400 });
  });
});

describe('a version', () => {
  it('goes from draft to publication, step by step, and keeps its manifest', async () => {
    const { appId, path } = await newApp();
    const of = (status: string) => ({ status: 200, body: { appId, version: 1, status } });
    expect(await registry.post(developer, `${path}/versions`, manifest)).toMatchObject({
      status: 201,
      body: { appId, version: 1, status: 'draft', manifest },
    });
    const step = (what: string, by = developer, body?: object) => registry.post(by, `${path}/versions/1/${what}`, body);
    expect(await step('publish')).toMatchObject(refused('APP_REGISTRY.VERSION_IN_OTHER_STATE'));
    expect(await step('submit')).toMatchObject(of('submitted'));
    expect(await step('submit')).toMatchObject(refused('APP_REGISTRY.VERSION_IN_OTHER_STATE'));
    expect(await step('approve')).toMatchObject({ status: 403 });
    expect(await step('approve', registry.operator)).toMatchObject(of('approved'));
    expect(await step('publish')).toMatchObject(of('published'));
    expect((await registry.get(developer, `${path}/versions/1`)).body).toMatchObject({ status: 'published', manifest });
    expect((await registry.get(developer, path)).body).toMatchObject({ status: 'published' });
    expect(await step('deprecate')).toMatchObject(of('deprecated'));
    expect((await registry.get(developer, path)).body).toMatchObject({ status: 'draft' });
  });

  it('is rejected with reasons, for good', async () => {
    const { appId, path } = await newApp();
    await registry.post(developer, `${path}/versions`, manifest);
    await registry.post(developer, `${path}/versions/1/submit`);
    const reject = (body?: object) => registry.post(registry.operator, `${path}/versions/1/reject`, body);
    expect(await reject({ reasons: [] })).toMatchObject({ status: 400 });
    const reasons = ['no contact', 'no terms'];
    expect(await reject({ reasons })).toMatchObject({
      status: 200,
      body: { appId, version: 1, status: 'rejected', reasons },
    });
    expect((await registry.get(developer, `${path}/versions/1`)).body).toMatchObject({ status: 'rejected', reasons });
    expect(await registry.post(developer, `${path}/versions/1/submit`)).toMatchObject(
      refused('APP_REGISTRY.VERSION_IN_OTHER_STATE'),
    );
    expect(await registry.post(developer, `${path}/versions`, manifest)).toMatchObject({ body: { version: 2 } });
  });

  const [basic] = manifest.plans;
  const [meter] = manifest.meters;
  const manyMeters = Array.from({ length: 10_000 }, (_, index) => ({ ...meter, name: `m${index}` }));
  const overlapping = ['100', '50', null].map((upTo) => ({ upTo, unitPrice: '1' }));
  const price = { meter: 'questions', model: 'per-unit', unitPrice: '1' };
  const priced = (said: object) => ({ plans: [{ ...basic, prices: [{ ...price, ...said }] }] });
  it.each([
    ['a float for a price', priced({ unitPrice: 1.5 }), '/plans/0/prices/0/unitPrice'],
    ['a negative price', priced({ unitPrice: '-1' }), '/plans/0/prices/0/unitPrice'],
    ['a price with 7 decimals', priced({ unitPrice: '0.0000001' }), '/plans/0/prices/0/unitPrice'],
    ['a 40-digit price', priced({ unitPrice: '1'.repeat(40) }), '/plans/0/prices/0/unitPrice'],
    ['a meter that nobody knows', priced({ meter: 'answers' }), '/plans/0/prices/0/meter'],
    ['a fee that is no amount', { plans: [{ ...basic, monthlyFee: 5 }] }, '/plans/0/monthlyFee'],
    ['a plan twice', { plans: [basic, basic] }, '/plans/1/id'],
    ['no plan', { plans: [] }, '/plans'],
    ['an endpoint of another kind', { endpoint: 'ftp://chat.example' }, '/endpoint'],
    ['a share above all', { revenueShare: { operatorBps: 10_001 } }, '/revenueShare/operatorBps'],
    [
      'overlapping tiers',
      priced({ model: 'volume', unitPrice: undefined, tiers: overlapping }),
      '/plans/0/prices/0/tiers/1/upTo',
    ],
    ['a trial of -1 days', { plans: [{ ...basic, trialDays: -1 }] }, '/plans/0/trialDays'],
    ['10,000 meters', { meters: manyMeters }, '/meters'],
    ['a meter named __proto__', { meters: [{ ...meter, name: '__proto__' }] }, '/meters/0/name'],
    ['a reporter that nobody knows', { meters: [{ ...meter, reportedBy: 'anyone' }] }, '/meters/0/reportedBy'],
    ['a model twice', { models: ['small', 'small'] }, '/models/1'],
    ['a subsidy that is no boolean', { subsidised: 'yes' }, '/subsidised'],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('is no draft with %s', async (_, more, pointer) => {
    const { path } = await newApp();
    const { status, body } = await registry.post(developer, `${path}/versions`, { ...manifest, ...more });
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'INVALID_ARGUMENT' });
    expect((body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
    expect((await registry.get(developer, `${path}/versions`)).body['data']).toEqual([]);
  });

  it.each(['0', '2', '1.5', 'x', '99999999'])('has a number that is there, which %s is not', async (number) => {
    const { path } = await newApp();
    await registry.post(developer, `${path}/versions`, manifest);
    expect(await registry.get(developer, `${path}/versions/${number}`)).toMatchObject(notFound);
  });
});

describe('the catalogue', () => {
  it('has what is published, for everybody, and keeps the endpoint to itself', async () => {
    const { appId, slug } = await publishedApp();
    const { endpoint: _endpoint, revenueShare: _revenueShare, ...shown } = manifest;
    expect(await search(`q=${slug}`)).toEqual([
      {
        appId,
        slug,
        name: 'Chat',
        developerId: developer.partyId,
        version: 1,
        ...shown,
        effectiveFrom: expect.any(String),
      },
    ]);
  });

  it('finds by slug, name and description, and takes signs for what they are', async () => {
    const { slug } = await publishedApp();
    const finds = async (q: string) =>
      (await search(`limit=1000&q=${encodeURIComponent(q)}`)).some(
        (entry) => (entry as { slug: string }).slug === slug,
      );
    for (const q of [slug.slice(4), slug.toUpperCase(), 'CHAT', '100% of', ''])
      expect([q, await finds(q)]).toEqual([q, true]);
    for (const q of ['100_', '%%', 'nothing', '\\']) expect([q, await finds(q)]).toEqual([q, false]);
  });

  it('has no drafts, no suspended apps and no deprecated ones', async () => {
    const draft = await newApp();
    expect(await search(`q=${draft.slug}`)).toEqual([]);
    const { slug, path, version } = await publishedApp();
    const act = (what: string) => registry.post(registry.operator, `${path}/${what}`);
    expect(await act('suspend')).toMatchObject({ status: 200, body: { status: 'suspended' } });
    expect(await act('suspend')).toMatchObject(refused('APP_REGISTRY.APP_SUSPENDED'));
    expect(await search(`q=${slug}`)).toEqual([]);
    expect((await registry.get(developer, path)).body).toMatchObject({ status: 'suspended' });
    expect(await act('reinstate')).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await act('reinstate')).toMatchObject(refused('APP_REGISTRY.APP_NOT_SUSPENDED'));
    expect(await search(`q=${slug}`)).toHaveLength(1);
    await registry.post(developer, `${version}/deprecate`);
    expect(await search(`q=${slug}`)).toEqual([]);
    expect(await registry.post(developer, `${path}/suspend`)).toMatchObject({ status: 403 });
  });
});

describe('a subscription', () => {
  const subscribe = (path: string, planId = 'basic', by = registry.party('subscriber')) =>
    registry.post(by, `${path}/subscriptions`, { planId });

  it('is to a plan of the version in force, one to an app at a time', async () => {
    const { appId, slug, path } = await publishedApp();
    const who = registry.party('subscriber');
    const first = await subscribe(path, 'tiered', who);
    expect(first).toMatchObject({
      status: 201,
      body: {
        subscriptionId: id('sbn'),
        appId,
        slug,
        partyId: who.partyId,
        version: 1,
        planId: 'tiered',
        status: 'active',
      },
    });
    expect(await subscribe(path, 'basic', who)).toMatchObject(refused('APP_REGISTRY.ALREADY_SUBSCRIBED'));
    const listed = { ...first.body, until: null };
    expect((await registry.get(who, '/v1/subscriptions')).body).toEqual({ data: [listed], nextCursor: null });
  });

  it('ends when its party says so, and may begin again', async () => {
    const { path } = await publishedApp();
    const who = registry.party('subscriber');
    const { subscriptionId } = (await subscribe(path, 'basic', who)).body;
    const end = (by: Caller) => registry.call(by, 'DELETE', `/v1/subscriptions/${String(subscriptionId)}`);
    expect(await end(developer)).toMatchObject(notFound);
    expect(await end(who)).toMatchObject({ status: 204 });
    expect(await end(who)).toMatchObject({ status: 204 });
    expect((await registry.get(who, '/v1/subscriptions')).body).toMatchObject({
      data: [{ subscriptionId, status: 'ended', until: expect.any(String) }],
    });
    expect(await subscribe(path, 'basic', who)).toMatchObject({ status: 201 });
  });

  it('is refused where there is nothing to subscribe to', async () => {
    const draft = await newApp();
    expect(await subscribe(draft.path)).toMatchObject(refused('APP_REGISTRY.APP_NOT_PUBLISHED'));
    expect(await subscribe('/v1/apps/app_nonsense')).toMatchObject(notFound);
    const { path, version } = await publishedApp();
    expect(await subscribe(path, 'gold')).toMatchObject(refused('APP_REGISTRY.PLAN_NOT_OFFERED'));
    await registry.post(registry.operator, `${path}/suspend`);
    expect(await subscribe(path)).toMatchObject(refused('APP_REGISTRY.APP_SUSPENDED'));
    await registry.post(registry.operator, `${path}/reinstate`);
    await registry.post(developer, `${version}/deprecate`);
    expect(await subscribe(path)).toMatchObject(refused('APP_REGISTRY.APP_NOT_PUBLISHED'));
    expect(await subscribe(path, 'basic', registry.operator)).toMatchObject({ status: 403 });
  });
});

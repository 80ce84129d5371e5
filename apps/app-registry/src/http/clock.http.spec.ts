import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { encodeData, instantOf } from '@tokengrid/contracts';
import { Apps } from '../streams/apps.ts';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../testing/run-app-registry.ts';
import { manifest } from '../decisions/examples.fixture.ts';

const hourMs = 3_600_000;
/** Offset of the clock. It never steps back here, as a lane's never does. */
let steppedMs = 0;
const stepClock = () => void (steppedMs += hourMs);

let registry: RunningAppRegistry;
let developer: Caller;
beforeAll(async () => {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + steppedMs);
  registry = await runAppRegistry();
  developer = registry.party('developer');
}, 120_000);
afterAll(() => registry.close(), 60_000);

const someSlug = () => `app-${randomUUID()}`;
const refused = (code: string) => ({ status: 409, body: { code } });
const create = (slug: string, key: string = randomUUID()) =>
  registry.post(developer, '/v1/apps', { slug, name: 'Chat' }, key);
const cutNextMaking = () =>
  jest.spyOn(registry.instance(Apps), 'handle').mockRejectedValueOnce(new Error('the process died'));

describe('a reservation', () => {
  it('frees a slug whose app came to nothing, and refuses the late one', async () => {
    const [slug, key] = [someSlug(), randomUUID()];
    cutNextMaking();
    expect(await create(slug, key)).toMatchObject({ status: 500 });
    expect(await create(slug)).toMatchObject(refused('APP_REGISTRY.SLUG_TAKEN'));
    stepClock();
    expect(await create(slug)).toMatchObject({ status: 201 });
    expect(await create(slug, key)).toMatchObject(refused('APP_REGISTRY.RESERVATION_LAPSED'));
  });

  it('goes on where a try ended that got no further than the reservation, however late', async () => {
    const [slug, key] = [someSlug(), randomUUID()];
    cutNextMaking();
    expect(await create(slug, key)).toMatchObject({ status: 500 });
    stepClock();
    expect(await create(slug, key)).toMatchObject({ status: 201 });
  });

  it('keeps the slug of an app that was made, however late that is confirmed', async () => {
    const slug = someSlug();
    expect(await create(slug)).toMatchObject({ status: 201 });
    stepClock();
    expect(await create(slug)).toMatchObject(refused('APP_REGISTRY.SLUG_TAKEN'));
  });
});

describe('a version', () => {
  const search = async (slug: string) => (await registry.get(undefined, `/v1/catalog?q=${slug}`)).body['data'];
  /** Drafts, submits and approves a new version. */
  async function approve(path: string, description = 'The first'): Promise<string> {
    const draft = JSON.parse(encodeData({ ...manifest, description }).toString()) as unknown;
    const { body } = await registry.post(developer, `${path}/versions`, draft);
    const version = `${path}/versions/${String(body['version'])}`;
    await registry.post(developer, `${version}/submit`);
    expect(await registry.post(registry.operator, `${version}/approve`)).toMatchObject({ status: 200 });
    return version;
  }

  it('takes effect when it is said to, after the one before', async () => {
    const slug = someSlug();
    const path = `/v1/apps/${String((await create(slug)).body['appId'])}`;
    const first = await approve(path);
    expect(await registry.post(developer, `${first}/publish`)).toMatchObject({ status: 200 });
    const later = instantOf(Date.now() + hourMs);
    const second = await approve(path, 'The second');
    expect(await registry.post(developer, `${second}/publish`, { effectiveFrom: later })).toMatchObject({
      status: 200,
      body: { status: 'published', effectiveFrom: later },
    });
    expect(await search(slug)).toMatchObject([{ version: 1, description: 'The first' }]);
    const third = await approve(path);
    expect(await registry.post(developer, `${third}/publish`)).toMatchObject(refused('APP_REGISTRY.VERSION_TOO_EARLY'));
    stepClock();
    stepClock();
    expect(await search(slug)).toMatchObject([{ version: 2, description: 'The second' }]);
  });

  it('can be withdrawn until it takes effect, at most 400 days ahead, and is never in the catalogue', async () => {
    const slug = someSlug();
    const path = `/v1/apps/${String((await create(slug)).body['appId'])}`;
    await registry.post(developer, `${await approve(path)}/publish`);
    const second = await approve(path, 'The second');
    const publish = (version: string, inMs: number) =>
      registry.post(developer, `${version}/publish`, { effectiveFrom: instantOf(Date.now() + inMs) });
    expect(await publish(second, 401 * 24 * hourMs)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/effectiveFrom', detail: 'must be at most 400 days ahead' }] },
    });
    expect(await publish(second, hourMs)).toMatchObject({ status: 200 });
    const key = randomUUID();
    const withdraw = (version: string, by = developer, under: string = randomUUID()) =>
      registry.post(by, `${version}/withdraw`, undefined, under);
    expect(await withdraw(second, registry.party('developer'))).toMatchObject({ status: 404 });
    expect(await withdraw(`${path}/versions/9`)).toMatchObject({ status: 404 });
    const first = await withdraw(second, developer, key);
    expect(first).toMatchObject({ status: 200, body: { version: 2, status: 'withdrawn' } });
    expect(await withdraw(second, developer, key)).toEqual(first);
    expect(await withdraw(second)).toMatchObject(refused('APP_REGISTRY.VERSION_IN_OTHER_STATE'));
    expect((await registry.get(developer, second)).body).toMatchObject({ status: 'withdrawn', effectiveFrom: null });
    const third = await approve(path, 'The third');
    expect(await publish(third, hourMs)).toMatchObject({ status: 200 });
    stepClock();
    stepClock();
    expect(await search(slug)).toMatchObject([{ version: 3, description: 'The third' }]);
    expect(await withdraw(third)).toMatchObject(refused('APP_REGISTRY.VERSION_IN_FORCE'));
  });
});

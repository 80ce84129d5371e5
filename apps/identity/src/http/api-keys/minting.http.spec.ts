import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

let identity: RunningIdentity;
beforeAll(async () => {
  identity = await runIdentity();
}, 120_000);
afterAll(() => identity.close(), 60_000);

/** A developer, with its first key. */
async function organization() {
  const { body } = await identity.post('/v1/registrations', {
    organization: { name: 'Acme', kind: 'developer' },
    owner: { name: 'Ann', email: `${randomUUID()}@example.com`, password: 'correct horse' },
  });
  const { id, secret } = body['apiKey'] as { readonly id: string; readonly secret: string };
  return { partyId: String(body['organizationId']), keyId: id, key: secret };
}

const unauthenticated = (detail: string) => ({ status: 401, body: { code: 'UNAUTHENTICATED', detail } });

describe('a minted key', () => {
  it('has less than the key that mints it, shows its limits, and ends with it', async () => {
    const { key, keyId, partyId } = await organization();
    const scopes = ['identity:api-keys:write', 'identity:parties:read', 'gateway:completions:write'];
    const limits = { models: ['Qwen2*'], apps: [], requestsPerMinute: 60, unitsPerMinute: 1000, streams: 2 };
    const body = { name: 'agent', scopes, expiresAt: '2099-01-01T00:00:00.000Z', ...limits, budget: { daily: '500' } };
    const mint = (by: string, said: object = {}) =>
      identity.post('/v1/api-keys', { ...body, ...said }, { key: by, idempotencyKey: randomUUID() });
    const first = await mint(key);
    expect({ ...first.body, secret: '' }).toEqual({ ...body, id: expect.any(String), secret: '', parent: keyId });
    const agent = String(first.body['secret']);
    const second = await mint(agent, { models: ['qwen2.5-7b'], streams: 1, budget: undefined });
    expect(second).toMatchObject({ status: 201, body: { models: ['qwen2.5-7b'], streams: 1, requestsPerMinute: 60 } });
    const more = { name: 'ci', scopes: ['identity:parties:read'] };
    const issued = await identity.post(`/v1/parties/${partyId}/api-keys`, more, { key: agent });
    expect(issued.body).toMatchObject({ parent: first.body['id'], expiresAt: body.expiresAt, ...limits });
    const { data } = (await identity.ask(`/v1/parties/${partyId}/api-keys`, { key })).body;
    expect((data as object[])[1]).toMatchObject({
      parent: keyId,
      mintedBy: keyId,
      ...limits,
      budget: { daily: '500' },
    });
    const revoked = await identity.ask(`/v1/api-keys/${String(first.body['id'])}`, { method: 'DELETE', key });
    expect(revoked.status).toBe(204);
    for (const ended of [agent, String(second.body['secret']), String(issued.body['secret'])])
      expect(await identity.ask('/v1/me', { key: ended })).toMatchObject(unauthenticated('the API key is revoked'));
    expect(await identity.ask('/v1/me', { key })).toMatchObject({ status: 200 });
  });

  it.each([
    ['models', { models: ['qwen*'] }, '/models'],
    ['apps', { apps: ['tea-house'] }, '/apps'],
    ['a later end', { expiresAt: '2099-01-01T00:00:00.001Z' }, '/expiresAt'],
    ['requests', { requestsPerMinute: 61 }, '/requestsPerMinute'],
    ['units', { unitsPerMinute: 1001 }, '/unitsPerMinute'],
    ['streams', { streams: 3 }, '/streams'],
    ['budget', { budget: { daily: '501' } }, '/budget'],
  ])('is refused more %s than the key that mints it has', async (_, said, pointer) => {
    const { key } = await organization();
    const scopes = ['identity:api-keys:write'];
    const limits = { models: ['qwen2*'], apps: ['tea-shop'], requestsPerMinute: 60, unitsPerMinute: 1000, streams: 2 };
    const body = { name: 'agent', scopes, expiresAt: '2099-01-01T00:00:00.000Z' };
    const mint = (by: string, more: object) => identity.post('/v1/api-keys', { ...body, ...more }, { key: by });
    const { body: minted } = await mint(key, { ...limits, budget: { daily: '500' } });
    expect(await mint(String(minted['secret']), said)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer, detail: expect.stringMatching(/^must (not )?be /) }] },
    });
  });

  it.each([
    ['no end', { expiresAt: undefined }, '/expiresAt'],
    ['a pattern in the middle', { models: ['a*b'] }, '/models/0'],
    ['a model twice', { models: ['a', 'a'] }, '/models'],
    ['a slug that is none', { apps: ['A'] }, '/apps/0'],
    ['no requests', { requestsPerMinute: 0 }, '/requestsPerMinute'],
    ['half a unit', { unitsPerMinute: 0.5 }, '/unitsPerMinute'],
    ['too many streams', { streams: 10_001 }, '/streams'],
    ['a budget that is a number', { budget: { daily: 5 } }, '/budget/daily'],
    ['a budget of nothing', { budget: { total: '0' } }, '/budget/total'],
    ['a budget of a year', { budget: { yearly: '5' } }, '/budget/yearly'],
  ])('is refused with %s', async (_, said, pointer) => {
    const { key } = await organization();
    const body = { name: 'agent', scopes: ['identity:parties:read'], expiresAt: '2099-01-01T00:00:00.000Z', ...said };
    expect(await identity.post('/v1/api-keys', body, { key })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer }] },
    });
  });

  it("is refused to the operator's", async () => {
    const body = { name: 'agent', scopes: ['*'], expiresAt: '2099-01-01T00:00:00.000Z' };
    expect(await identity.post('/v1/api-keys', body, { key: operatorKey })).toMatchObject({ status: 403 });
  });
});

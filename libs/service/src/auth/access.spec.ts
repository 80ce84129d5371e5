import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, told } from '../specimen/call.ts';
import { JarsModule } from '../specimen/jars.ts';
import { addKey, operatorApiKey, runJars } from '../specimen/run-jars.ts';
import type { Specimen } from '../specimen/run-jars.ts';

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars({ environment: { API_KEY_CACHE_MS: '250' } });
});
afterAll(() => jars.close());

const as = (key: string | undefined, path = '/v1/whoami', method = 'GET', body?: unknown) =>
  call(`${jars.url}${path}`, method, body, { authorization: key === undefined ? undefined : `Bearer ${key}` });

const own = (keyId: string) => ({ keyId, people: [keyId], line: [keyId], limited: [], budgeted: [], rights: {} });
const operator = {
  partyId: 'operator',
  kind: 'operator',
  ...own('bootstrap'),
  scopes: ['*'],
  actor: 'operator/bootstrap',
};

describe('a caller', () => {
  it("with the operator's key of the environment is the operator", async () => {
    expect((await as(operatorApiKey)).body).toEqual(operator);
  });

  it('with a key that identity issued is its party', async () => {
    addKey(jars, 'good', { partyId: 'org_1', partyKind: 'provider', scopes: ['wallet:balances:read'] });
    expect((await as('good')).body).toEqual({
      partyId: 'org_1',
      kind: 'provider',
      ...own('key_good'),
      actor: 'org_1/key_good',
      scopes: ['wallet:balances:read'],
    });
  });

  it('may write Bearer as it likes', async () => {
    const authorization = `bearer   ${operatorApiKey}`;
    expect((await call(`${jars.url}/v1/whoami`, 'GET', undefined, { authorization })).body).toEqual(operator);
  });

  it.each([
    ['no key', undefined, 'no API key: send "Authorization: Bearer <key>"'],
    ['another scheme', 'Basic b3BlcmF0b3I6eA==', 'the Authorization header is not "Bearer <key>"'],
    ['an empty key', 'Bearer ', 'the Authorization header is not "Bearer <key>"'],
    ['a key with a space', 'Bearer a b', 'the Authorization header is not "Bearer <key>"'],
    ['a key longer than any', `Bearer ${'k'.repeat(2049)}`, 'the Authorization header is not "Bearer <key>"'],
    ['a key that is not known', 'Bearer unknown', 'unknown API key'],
    ["most of the operator's key", `Bearer ${operatorApiKey.slice(0, -1)}`, 'unknown API key'],
    ["the operator's key and more", `Bearer ${operatorApiKey}x`, 'unknown API key'],
  ])('with %s is 401', async (_what, authorization, detail) => {
    const answered = await call(`${jars.url}/v1/whoami`, 'GET', undefined, { authorization });
    expect(told(answered)).toEqual({ status: 401, code: 'UNAUTHENTICATED', detail });
    expect(answered.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['revoked', { revoked: true }, 'the API key is revoked'],
    ['expired', { expiresAt: Date.now() - 1 }, 'the API key is expired'],
    ['suspended', { suspended: true }, 'the party of the API key is suspended'],
  ])('with a key that is %s is 401, which says so', async (name, row, detail) => {
    addKey(jars, name, row);
    expect(told(await as(name))).toEqual({ status: 401, code: 'UNAUTHENTICATED', detail });
  });
});

describe('a key', () => {
  it('works as soon as it is there, though it was refused a moment before', async () => {
    expect((await as('fresh')).status).toBe(401);
    addKey(jars, 'fresh', {});
    expect((await as('fresh')).status).toBe(200);
  });

  it('stops to work within the second in which it was revoked', async () => {
    addKey(jars, 'stopped', {});
    expect((await as('stopped')).status).toBe(200);
    addKey(jars, 'stopped', { revoked: true });
    const revoked = performance.now();
    while ((await as('stopped')).status === 200);
    expect(performance.now() - revoked).toBeLessThan(1000);
  });

  it('ends on time, though it is remembered as good', async () => {
    const expiresAt = Date.now() + 100;
    addKey(jars, 'ending', { expiresAt });
    expect((await as('ending')).status).toBe(200);
    while ((await as('ending')).status === 200);
    expect(Date.now()).toBeLessThan(expiresAt + 200);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  });

  it('is looked up once for all requests of a moment', async () => {
    addKey(jars, 'popular', {});
    addKey(jars, 'popular too', {});
    const before = jars.world.lookups;
    const answers = await Promise.all(Array.from({ length: 50 }, () => as('popular')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(jars.world.lookups - before).toBeLessThan(10);
  });
});

describe('a route', () => {
  it('that requires a scope is 403 without it, and names it', async () => {
    addKey(jars, 'poor', { scopes: ['wallet:balances:read'] });
    expect(told(await as('poor', '/v1/jars/a/fillings', 'POST', { tokens: '1' }))).toEqual({
      status: 403,
      code: 'PERMISSION_DENIED',
      detail: 'the API key lacks the scope wallet:transfers:write',
    });
  });

  it("lets nobody but the operator's own key have every scope", async () => {
    addKey(jars, 'starry', { scopes: ['wallet:balances:read', '*'] });
    expect((await as('starry', '/v1/jars/a/fillings', 'POST', { tokens: '1' })).status).toBe(403);
    addKey(jars, 'star', { scopes: ['*'] });
    expect((await as('star', '/v1/jars/a/fillings', 'POST', { tokens: '1' })).status).toBe(403);
  });

  it("of the operator's is 403 for others", async () => {
    addKey(jars, 'rich', { scopes: ['wallet:transfers:write'] });
    expect(told(await as('rich', '/v1/broken'))).toEqual({
      status: 403,
      code: 'PERMISSION_DENIED',
      detail: 'only the operator may call this route',
    });
  });

  it('that is public does not look at keys', async () => {
    expect((await as('bad', '/v1/open-jar', 'POST', { tokens: '1' })).status).toBe(201);
    expect((await as('bad', '/health/live')).status).toBe(200);
  });

  it('that does not say who may call it keeps the service from starting, by name', async () => {
    @Controller('v1/forgotten')
    class ForgottenController {
      @Get(':id')
      forgotten(): void {
        // Never reached: the service does not start.
      }
    }
    @Module({ imports: [JarsModule], controllers: [ForgottenController] })
    class ForgetfulModule {}
    await expect(runJars({ module: ForgetfulModule })).rejects.toThrow(
      'GET /v1/forgotten/:id has no access rule: add @Requires(scope), @OperatorOnly(), @Authenticated() or @Public()',
    );
  });
});

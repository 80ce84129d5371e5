import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StorageClock } from '@tokengrid/event-store';
import { poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { KeyStore } from '../../key-store/key-store.ts';
import { SigningKeyring } from '../../oauth/signing-keyring.ts';
import { MarketOfSpecs } from '../../testing/market-of-specs.ts';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

let identity: RunningIdentity;
let client: Readonly<Record<string, string>>;
beforeAll(async () => {
  identity = await runIdentity({ SIGNING_KEY_LOOK_MS: '100' });
  await identity.until(() => Promise.resolve(identity.instance(SigningKeyring).current().length > 0));
  const { body } = await identity.post('/v1/registrations', {
    organization: { name: 'Acme', kind: 'developer' },
    owner: { name: 'Ann', email: `${randomUUID()}@example.com`, password: 'correct horse' },
  });
  const { secret: key } = body['apiKey'] as { readonly secret: string };
  const registered = await identity.post(
    '/v1/oauth-clients',
    { name: 'job', scopes: ['identity:parties:read'] },
    { key },
  );
  client = {
    client_id: String(registered.body['clientId']),
    client_secret: String(registered.body['clientSecret']),
  };
}, 120_000);
afterAll(() => identity.close(), 60_000);

const form = async (path: string, fields: Readonly<Record<string, string>>) => {
  const { status, body } = await identity.send({
    ...{ method: 'POST', path, body: new URLSearchParams({ ...client, ...fields }).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return { status, body };
};
const ask = () => form('/oauth/token', { grant_type: 'client_credentials' });
const unavailable = (said: string) => ({
  status: 503,
  body: { error: 'temporarily_unavailable', error_description: expect.stringContaining(said) },
});

describe('the authorization server', () => {
  it('issues no token by a clock that is wrong', async () => {
    const clock = identity.instance(StorageClock) as { trouble?: string | undefined };
    expect(await ask()).toMatchObject({ status: 200 });
    clock.trouble = 'the clock of this process is 3600.0 s ahead';
    expect(await ask()).toMatchObject(unavailable('3600.0 s ahead'));
    clock.trouble = undefined;
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('tells an app that the data of its caller is not known while the key store lacks its key', async () => {
    const market = await MarketOfSpecs.of(identity);
    const developer = await identity.post('/v1/registrations', {
      organization: { name: 'Tea Works', kind: 'developer' },
      owner: { name: 'Ann', email: `${randomUUID()}@example.com`, password: 'correct horse' },
    });
    const app = await market.app(String(developer.body['organizationId']), ['profile']);
    const asked = { msisdn: '+8613800000001', name: 'Lin Yu' };
    const subscriber = await identity.post('/v1/subscribers', asked, { key: operatorKey });
    const token = await market.token(await market.subscribe(app, String(subscriber.body['subscriberId']), ['profile']));
    const readiness = async () => (await identity.ask('/health/ready')).body;
    expect(await readiness()).toEqual({ status: 'ready', reasons: [] });
    const userinfo = () => identity.ask('/oauth/userinfo', { key: token });
    expect(await userinfo()).toMatchObject({ status: 200, body: { name: 'Lin Yu' } });
    await identity.instance(KeyStore).run('truncate person_keys');
    expect(await userinfo()).toMatchObject(unavailable("data can't be read"));
    expect(await readiness()).toEqual({
      status: 'degraded',
      reasons: ['the table person_keys lacks keys of persons: restore the key store from its backup'],
    });
    await identity.instance(KeyStore).run('alter table person_keys rename to elsewhere');
    const reasons = ['the table person_keys is gone: restore the key store from its backup'];
    expect(await readiness()).toEqual({ status: 'degraded', reasons });
    await identity.instance(KeyStore).run('alter table elsewhere rename to person_keys');
  });

  it('refuses no client, and calls no token ended, while the table of clients has lost rows', async () => {
    const { body } = await ask();
    await poolOf(identity.instance(DataSource)).query('truncate oauth_clients');
    const lost = unavailable('the table oauth_clients has lost rows');
    expect(await ask()).toMatchObject(lost);
    expect(await form('/oauth/introspect', { token: String(body['access_token']) })).toMatchObject(lost);
    expect(await form('/oauth/revoke', { token: String(body['access_token']) })).toMatchObject(lost);
  });
});

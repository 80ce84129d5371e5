import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId, type Parts, poolOf, serviceParts } from '@tokengrid/service';
import { freePort } from '@tokengrid/service/testing';
import { SignJWT, UnsecuredJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { DataSource } from 'typeorm';
import { SigningKeyring } from '../../oauth/signing-keyring.ts';
import { MarketOfSpecs, newKey, type SpecApp, type SpecSubscription } from '../../testing/market-of-specs.ts';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

let identity: RunningIdentity;
let market: MarketOfSpecs;
let issuer: string;
let developerId: string;
let developerKey: string;
let app: SpecApp;
let lin: Subscriber;

interface Subscriber {
  readonly partyId: string;
  readonly msisdn: string;
}

beforeAll(async () => {
  const port = await freePort();
  identity = await runIdentity({ PORT: String(port), SIGNING_KEY_LOOK_MS: '100' });
  issuer = `http://127.0.0.1:${port}`;
  await identity.until(() => Promise.resolve(identity.instance(SigningKeyring).current().length > 0));
  market = await MarketOfSpecs.of(identity);
  ({ developerId, developerKey } = await developer());
  app = await market.app(developerId, ['profile', 'phone', 'location']);
  lin = await subscriber();
}, 120_000);
afterAll(() => identity.close(), 60_000);
afterEach(() => void jest.restoreAllMocks());

async function developer() {
  const { body } = await identity.post('/v1/registrations', {
    organization: { name: 'Tea Works', kind: 'developer' },
    owner: { name: 'Ann', email: `${randomUUID()}@example.com`, password: 'correct horse' },
  });
  const { secret } = body['apiKey'] as { readonly secret: string };
  return { developerId: String(body['organizationId']), developerKey: secret };
}

async function subscriber(): Promise<Subscriber> {
  const msisdn = `+8613${String(randomInt(1e9)).padStart(9, '0')}`;
  const { body } = await identity.post('/v1/subscribers', { msisdn, name: 'Lin Yu' }, { key: operatorKey });
  return { partyId: String(body['subscriberId']), msisdn };
}

const subscribed = async (consented = ['profile', 'phone'], of = app) =>
  market.subscribe(of, (await subscriber()).partyId, consented);

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly challenge: string | null;
  readonly caching: string | null;
}

async function askWith(authorization: string | undefined, method = 'GET'): Promise<Told> {
  const path = '/oauth/userinfo';
  const response = await fetch(`${identity.url}${path}`, {
    method,
    ...(authorization !== undefined && { headers: { authorization } }),
  });
  const { status, headers } = response;
  const body = (await response.json()) as Told['body'];
  identity.documented.mustTell({ method, path, status, body });
  return { status, body, challenge: headers.get('www-authenticate'), caching: headers.get('cache-control') };
}
const ask = (token: string, method?: string) => askWith(`Bearer ${token}`, method);
const askOf = async (subscription: SpecSubscription) => ask(await market.token(subscription));

const consentMissing = 'the subscriber has consented to neither profile nor phone';
/** Answer to a token that proves a call, without the right to know anything. */
const denied = (detail = consentMissing) => ({
  ...{ status: 403, body: { error: 'insufficient_scope', error_description: detail }, caching: 'no-store' },
  challenge: `Bearer error="insufficient_scope", error_description="${detail}", scope="profile phone"`,
});
const unproven = (detail: string) => ({
  ...{ status: 401, body: { error: 'invalid_token', error_description: detail }, caching: 'no-store' },
  challenge: `Bearer error="invalid_token", error_description="${detail}"`,
});
const noCall = unproven('the token is not that of a call to an app');

describe('the token of a call', () => {
  it('tells an app the name and the number of its caller, by the pseudonym that it has', async () => {
    const token = await market.token(await market.subscribe(app, lin.partyId, ['profile', 'phone']));
    const claims = { sub: 'psn_spec', name: 'Lin Yu', phone_number: lin.msisdn, phone_number_verified: true };
    for (const method of ['GET', 'POST'])
      expect(await ask(token, method)).toEqual({ status: 200, body: claims, challenge: null, caching: 'no-store' });
  });

  it("is in the caller's audit, once a token, by the app and its developer on behalf of the caller", async () => {
    const subscription = await subscribed(['profile']);
    const token = await market.token(subscription);
    for (let time = 0; time < 2; time++) expect(await ask(token)).toMatchObject({ status: 200 });
    const path = `/v1/audit?object=${subscription.partyId}&limit=1000`;
    const { body } = await identity.ask(path, { key: operatorKey });
    const readings = body.data!.filter(({ type }) => type === 'PersonalDataRead');
    const actor = { party: developerId, person: app.appId, key: null, onBehalfOf: subscription.partyId };
    expect(readings.map((event) => event['actor'])).toContainEqual(actor);
    const before = readings.length;
    expect(await ask(await market.token(subscription))).toMatchObject({ status: 200 });
    const after = (await identity.ask(path, { key: operatorKey })).body.data!;
    expect(after.filter(({ type }) => type === 'PersonalDataRead')).toHaveLength(before + 1);
  });

  it('is taken as a strict client (oauth4webapi) sends it, where the metadata says', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const url = new URL(issuer);
    const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
    expect(server).toMatchObject({
      userinfo_endpoint: `${issuer}/oauth/userinfo`,
      claims_supported: expect.arrayContaining(['sub', 'name', 'phone_number', 'phone_number_verified']),
    });
    const client = { client_id: 'app' };
    const token = await market.token(await subscribed());
    const answered = await oauth.userInfoRequest(server, client, token, insecure);
    expect(await oauth.processUserInfoResponse(server, client, 'psn_spec', answered)).toMatchObject({ name: 'Lin Yu' });
  });

  it.each([
    [['profile'], ['name', 'sub']],
    [['phone'], ['phone_number', 'phone_number_verified', 'sub']],
    [
      ['location', 'profile'],
      ['name', 'sub'],
    ],
  ])('opens what the subscriber consented to, %j, and nothing else', async (consented, claims) => {
    const { status, body } = await askOf(await subscribed(consented));
    expect([status, Object.keys(body).sort()]).toEqual([200, claims]);
  });

  it('opens nothing that the version in force does not need, or that the call did not have', async () => {
    const modest = await market.app(developerId, ['phone']);
    const both = await subscribed(['profile', 'phone'], modest);
    expect((await askOf(both)).body).not.toHaveProperty('name');
    await market.publish(modest, 2, ['profile'], '2026-02-01T00:00:00.000Z');
    expect((await askOf(both)).body).toEqual({ sub: 'psn_spec', name: 'Lin Yu' });
    await market.publish(modest, 3, ['phone'], '9000-01-01T00:00:00.000Z');
    expect((await askOf(both)).body).toEqual({ sub: 'psn_spec', name: 'Lin Yu' });
    expect(await ask(await market.token(both, { scopes: ['phone'] }))).toEqual(denied());
  });

  it('tells the name of an organization, which has no number', async () => {
    const { developerId: partyId } = await developer();
    const { body } = await askOf(await market.subscribe(app, partyId, ['profile', 'phone']));
    expect(body).toEqual({ sub: 'psn_spec', name: 'Tea Works' });
  });

  it('tells nothing of a person who was erased', async () => {
    const subscription = await subscribed();
    const path = `/v1/parties/${subscription.partyId}/personal-data`;
    expect(await identity.ask(path, { method: 'DELETE', key: operatorKey })).toMatchObject({ status: 204 });
    expect(await askOf(subscription)).toMatchObject({ status: 200, body: { sub: 'psn_spec' } });
  });
});

describe('whatever the token says', () => {
  it('a consent that is withdrawn, in part or whole, opens nothing', async () => {
    const subscription = await subscribed();
    const token = await market.token(subscription);
    expect((await ask(token)).status).toBe(200);
    await market.consent(subscription, ['phone']);
    expect((await ask(token)).body).not.toHaveProperty('name');
    await market.consent(subscription, ['location']);
    expect(await ask(token)).toEqual(denied());
    await market.consent(subscription, []);
    expect(await ask(token)).toEqual(denied());
  });

  it('a subscription that has ended opens nothing', async () => {
    const subscription = await subscribed();
    await market.unsubscribe(subscription);
    expect(await askOf(subscription)).toEqual(denied('the subscription is not in force'));
  });

  it('an app that is suspended, or has no version in force, learns nothing', async () => {
    const other = await market.app(developerId, ['profile']);
    const subscription = await subscribed(['profile'], other);
    await market.suspend(other);
    expect(await askOf(subscription)).toEqual(denied('the app is suspended'));
    await market.reinstate(other);
    expect((await askOf(subscription)).status).toBe(200);
    await market.withdraw(other, 1);
    expect(await askOf(subscription)).toEqual(denied('no version of the app is in force'));
  });

  it.each([
    ['developer', 'the developer of the app is suspended'],
    ['subscriber', 'the subscriber is suspended'],
  ])('nothing is told while the %s is suspended', async (who, detail) => {
    const { developerId: another } = await developer();
    const subscription = await subscribed(['profile'], await market.app(another, ['profile']));
    const partyId = who === 'developer' ? another : subscription.partyId;
    const change = (what: string) => identity.post(`/v1/parties/${partyId}/${what}`, {}, { key: operatorKey });
    await change('suspend');
    expect(await askOf(subscription)).toEqual(denied(detail));
    await change('reinstate');
    expect((await askOf(subscription)).status).toBe(200);
  });
});

describe('a request is 401', () => {
  it('without a token, and with something that is none', async () => {
    const detail = 'no token of a call: send it as Authorization: Bearer <token>';
    expect(await askWith(undefined)).toEqual({ ...unproven(detail), challenge: 'Bearer' });
    expect(await askWith('Basic eDp5')).toEqual(unproven(detail));
    expect(await ask('eyJ.eyJ.eyJ')).toEqual(unproven('the token is malformed'));
    // It has no dots, as the token of a person has none.
    for (const token of ['x', developerKey, operatorKey])
      expect(await ask(token)).toEqual(unproven('the access token is unknown, expired or revoked'));
  });

  it('with an access token of identity', async () => {
    const registration = { name: 'job', scopes: ['identity:parties:read'] };
    const { body } = await identity.post('/v1/oauth-clients', registration, { key: developerKey });
    const granted = await identity.send({
      ...{ method: 'POST', path: '/oauth/token', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', resource: 'urn:tokengrid:identity' },
        ...{ client_id: String(body['clientId']), client_secret: String(body['clientSecret']) },
      }).toString(),
    });
    const accessToken = String(granted.body['access_token']);
    expect(await ask(accessToken)).toEqual(unproven('unknown signing key of the token'));
    const ofCall = await market.token(await subscribed());
    expect(await identity.ask('/v1/me', { key: ofCall })).toMatchObject({ status: 401 });
  });

  it('with a token that is over, but for the difference of two clocks', async () => {
    const subscription = await subscribed();
    const now = Math.floor(Date.now() / 1000);
    const endedBefore = (seconds: number) => market.token(subscription, { iat: now - 90, exp: now - seconds });
    expect((await ask(await endedBefore(1))).status).toBe(200);
    expect(await ask(await endedBefore(30))).toEqual(unproven('the token is expired'));
  });

  it.each([
    ['of another type', {}, { typ: 'JWT' }],
    ['of the type of access tokens', {}, { typ: 'at+jwt' }],
    ['without an end', { exp: undefined }, {}],
    ['without an id', { jti: undefined }, {}],
    ['without a subscription', { subscription: undefined }, {}],
    ['for several audiences', { aud: ['app_1', 'app_2'] }, {}],
  ])('with a token %s', async (_what, said, header) => {
    const token = await market.token(await subscribed(), said, { header });
    expect(await ask(token)).toEqual(noCall);
  });

  it('with a token of another key, or of another algorithm', async () => {
    const subscription = await subscribed();
    const [forger, { keyId, publicKey }] = [await newKey(), market.key];
    expect(await ask(await market.token(subscription, {}, { key: { ...forger, keyId } }))).toEqual(noCall);
    const unknown = unproven('unknown signing key of the token');
    expect(await ask(await market.token(subscription, {}, { key: forger }))).toEqual(unknown);
    const [head, claims, signature] = (await market.token(subscription)).split('.');
    const more = Buffer.from(Buffer.from(claims!, 'base64url').toString().replace('psn_spec', 'psn_evil'));
    expect(await ask([head, more.toString('base64url'), signature].join('.'))).toEqual(noCall);
    const payload = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as Record<string, unknown>;
    const header = { alg: 'HS256', typ: 'caller+jwt', kid: keyId };
    const secret = new TextEncoder().encode(JSON.stringify(publicKey));
    expect(await ask(await new SignJWT(payload).setProtectedHeader(header).sign(secret))).toEqual(noCall);
    const bare = new UnsecuredJWT(payload).encode();
    expect(await ask(bare)).toEqual(unproven('the token is malformed'));
    const named = Buffer.from(JSON.stringify({ alg: 'none', typ: 'caller+jwt', kid: keyId })).toString('base64url');
    expect(await ask(`${named}.${bare.split('.')[1]!}.`)).toEqual(noCall);
  });

  it('with a token for another app, of no subscription, or of an unknown party', async () => {
    const subscription = await subscribed();
    const elsewhere = unproven('unknown subscription of the token');
    const other = await market.app(developerId, ['profile']);
    expect(await ask(await market.token(subscription, { aud: other.appId }))).toEqual(elsewhere);
    expect(await ask(await market.token(subscription, { aud: 'urn:tokengrid:identity' }))).toEqual(elsewhere);
    expect(await ask(await market.token(subscription, { subscription: newId('sbn') }))).toEqual(elsewhere);
    const nobodys = await market.subscribe(app, newId('sub'), ['profile']);
    expect(await askOf(nobodys)).toEqual(unproven('unknown party of the token'));
  });

  it('with a token of a key that another one has followed for long enough', async () => {
    const former = await newKey();
    const subscription = await subscribed();
    const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
    await market.publishKey(former, minutesAgo(60));
    const token = await market.token(subscription, {}, { key: former });
    await market.publishKey(await newKey(), minutesAgo(14));
    expect((await ask(token)).status).toBe(200);
    await market.publishKey(await newKey(), minutesAgo(16));
    expect(await ask(token)).toEqual(unproven('unknown signing key of the token'));
  });
});

describe('what is not known for sure', () => {
  const parts = () => identity.service.app.get<Parts>(serviceParts);
  const unavailable = { status: 503, body: { error: 'temporarily_unavailable' } };

  it('is not told: nothing while withdrawals may be on their way', async () => {
    const token = await market.token(await subscribed());
    jest.spyOn(parts(), 'isUpToDate').mockResolvedValue(false);
    expect(await ask(token)).toMatchObject(unavailable);
    jest.restoreAllMocks();
    expect((await ask(token)).status).toBe(200);
  });

  it('is no reason to refuse: a key or a subscription that may be on its way', async () => {
    const subscription = await subscribed();
    const tokens = [
      await market.token(subscription, {}, { key: await newKey() }),
      await market.token(subscription, { subscription: newId('sbn') }),
    ];
    jest.spyOn(parts(), 'unsure').mockResolvedValue('events of the gateway are late');
    for (const token of tokens) expect(await ask(token)).toMatchObject(unavailable);
  });

  it('is not told: nothing of a subscription with an event that can not be read', async () => {
    const subscription = await subscribed();
    const { appId } = subscription.app;
    await poolOf(identity.instance(DataSource)).query(
      `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason)
       values ('projection-apps', 'tokengrid.app-registry', 0, 1, 1, $1, 'ConsentSet', 'a spec')`,
      [`subscription-${appId}-${subscription.partyId}`],
    );
    expect(await askOf(subscription)).toMatchObject(unavailable);
    expect((await askOf(await subscribed())).status).toBe(200);
  });
});

it('no event and no log has a name, a number or a token', async () => {
  const token = await market.token(await market.subscribe(app, lin.partyId, ['profile', 'phone']));
  expect((await ask(token)).body).toMatchObject({ name: 'Lin Yu', phone_number: lin.msisdn });
  const kept = `${identity.topic()}\n${identity.written.join('\n')}`;
  for (const secret of ['Lin Yu', lin.msisdn, token.split('.')[1]!, token.split('.')[2]!])
    expect(kept).not.toContain(secret);
});

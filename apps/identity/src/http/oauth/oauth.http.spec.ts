import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@tokengrid/service/testing';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { SigningKeyring } from '../../oauth/signing-keyring.ts';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

let identity: RunningIdentity;
let issuer: string;
let developer: Party;
let rival: Party;

interface Party {
  readonly partyId: string;
  readonly keyId: string;
  readonly key: string;
}

interface Client {
  readonly clientId: string;
  readonly secret: string;
}

beforeAll(async () => {
  const port = await freePort();
  identity = await runIdentity({ PORT: String(port), SIGNING_KEY_LOOK_MS: '100' });
  issuer = `http://127.0.0.1:${port}`;
  const keyring = identity.instance(SigningKeyring);
  await identity.until(() => Promise.resolve(keyring.current().length > 0));
  [developer, rival] = [await organization(), await organization()];
}, 120_000);
afterAll(() => identity.close(), 60_000);

/** A token whose `kid` is a NUL character, which Postgres does not take. */
const withNul =
  'eyJhbGciOiJFUzI1NiIsImtpZCI6Ilx1MDAwMCJ9.eyJhdWQiOiJ1cm46dG9rZW5ncmlkOmlkZW50aXR5IiwiY2xpZW50X2lkIjoiYSIsImp0aSI6ImIifQ.e30';
const scopes = ['identity:parties:read', 'wallet:balances:read', 'wallet:transfers:write'];
const identityAudience = 'urn:tokengrid:identity';

async function organization(): Promise<Party> {
  const { body } = await identity.post('/v1/registrations', {
    organization: { name: 'Acme', kind: 'developer' },
    owner: { name: 'Ann', email: `${randomUUID()}@example.com`, password: 'correct horse' },
  });
  const { id, secret } = body['apiKey'] as { readonly id: string; readonly secret: string };
  return { partyId: String(body['organizationId']), keyId: id, key: secret };
}

const register = (said: object = {}, key = developer.key) =>
  identity.post('/v1/oauth-clients', { name: 'nightly job', scopes, ...said }, { key });

async function client(said: object = {}, of = developer): Promise<Client> {
  const { status, body } = await register(said, of.key);
  expect(status).toBe(201);
  return { clientId: String(body['clientId']), secret: String(body['clientSecret']) };
}

/** A client with a key, and the key. */
async function keyedClient() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const { clientId } = await client({ publicKeys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
  return { clientId, privateKey };
}

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function form(path: string, fields: Readonly<Record<string, string>>, headers = {}): Promise<Told> {
  const { status, body } = await identity.send({
    ...{ method: 'POST', path, body: new URLSearchParams(fields).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  return { status, body };
}

const proof = ({ clientId, secret }: Client) => ({ client_id: clientId, client_secret: secret });
const grant = { grant_type: 'client_credentials' };

const ask = (of: Client, said: Readonly<Record<string, string>> = {}) =>
  form('/oauth/token', { ...grant, resource: identityAudience, ...proof(of), ...said });

async function tokenOf(of: Client, said: Readonly<Record<string, string>> = {}): Promise<string> {
  const { status, body } = await ask(of, said);
  expect({ status, body }).toMatchObject({ status: 200 });
  return String(body['access_token']);
}

const me = (key: string) => identity.ask('/v1/me', { key });
const insecure = { [oauth.allowInsecureRequests]: true };

/** Metadata as a strict client reads it. */
async function discovered(algorithm: 'oidc' | 'oauth2' = 'oidc'): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm, ...insecure }));
}

describe('a strict client (oauth4webapi)', () => {
  it.each(['oidc', 'oauth2'] as const)(
    'finds what is offered, and nothing else, by %s discovery',
    async (algorithm) => {
      expect(await discovered(algorithm)).toMatchObject({
        issuer,
        grant_types_supported: expect.arrayContaining(['client_credentials', 'authorization_code', 'refresh_token']),
        response_types_supported: ['code'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA'],
        introspection_endpoint: `${issuer}/oauth/introspect`,
        revocation_endpoint: `${issuer}/oauth/revoke`,
        scopes_supported: expect.arrayContaining(scopes),
      });
      expect(JSON.stringify(await discovered(algorithm))).not.toMatch(/none|HS256|device|plain/);
    },
  );

  it.each([
    ['client_secret_basic', (of: Client) => oauth.ClientSecretBasic(of.secret)],
    ['client_secret_post', (of: Client) => oauth.ClientSecretPost(of.secret)],
  ])('gets a token by %s, which it validates, introspects and revokes', async (_method, authOf) => {
    const of = await client();
    await usesToken({ client_id: of.clientId }, authOf(of));
  });

  it('gets a token by private_key_jwt, which it validates, introspects and revokes', async () => {
    const { clientId, privateKey } = await keyedClient();
    await usesToken({ client_id: clientId }, oauth.PrivateKeyJwt({ key: privateKey, kid: 'one' }));
  });
});

async function usesToken(of: oauth.Client, auth: oauth.ClientAuth): Promise<void> {
  const server = await discovered();
  const asked = new URLSearchParams({ scope: 'wallet:balances:read', resource: 'urn:tokengrid:wallet' });
  const granted = await oauth.clientCredentialsGrantRequest(server, of, auth, asked, insecure);
  const { access_token: token, ...answer } = await oauth.processClientCredentialsResponse(server, of, granted);
  expect(answer).toEqual({ expires_in: 300, token_type: 'bearer', scope: 'wallet:balances:read' });
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request('http://wallet.example/v1/wallets/x', { headers });
  const validated = await oauth.validateJwtAccessToken(server, request, 'urn:tokengrid:wallet', insecure);
  expect(validated).toMatchObject({
    iss: issuer,
    sub: of.client_id,
    client_id: of.client_id,
    aud: 'urn:tokengrid:wallet',
  });
  const introspect = async () => {
    const introspected = await oauth.introspectionRequest(server, of, auth, token, insecure);
    return oauth.processIntrospectionResponse(server, of, introspected);
  };
  expect(await introspect()).toMatchObject({ active: true, client_id: of.client_id, scope: 'wallet:balances:read' });
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, of, auth, token, insecure));
  expect(await introspect()).toEqual({ active: false });
}

it('another strict client (openid-client) discovers, gets a token, introspects and revokes it', async () => {
  const of = await client();
  const execute = [openid.allowInsecureRequests];
  const config = await openid.discovery(new URL(issuer), of.clientId, of.secret, undefined, { execute });
  const { access_token: token } = await openid.clientCredentialsGrant(config, { scope: 'identity:parties:read' });
  expect((await me(token)).status).toBe(200);
  expect(await openid.tokenIntrospection(config, token)).toMatchObject({ active: true, aud: identityAudience });
  await openid.tokenRevocation(config, token);
  expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false });
  expect(await me(token)).toMatchObject({ status: 401, body: { detail: 'the access token is revoked' } });
});

describe('an access token', () => {
  it('makes its holder the party of its client, with the scopes asked for', async () => {
    const of = await client();
    expect(await me(await tokenOf(of, { scope: 'identity:parties:read' }))).toMatchObject({
      ...{ status: 200, body: { partyId: developer.partyId, keyId: of.clientId, scopes: ['identity:parties:read'] } },
    });
  });

  it('is for the one service of its scopes, and has all of the client there unless it asks for less', async () => {
    const of = await client();
    expect(await form('/oauth/token', { ...grant, ...proof(of), scope: 'wallet:balances:read' })).toMatchObject({
      ...{ status: 200, body: { scope: 'wallet:balances:read' } },
    });
    const wallet = await form('/oauth/token', { ...grant, ...proof(of), resource: 'urn:tokengrid:wallet' });
    expect(wallet).toMatchObject({ status: 200, body: { scope: 'wallet:balances:read wallet:transfers:write' } });
    const detail = { status: 401, body: { detail: 'the access token is for another service' } };
    expect(await me(String(wallet.body['access_token']))).toMatchObject(detail);
  });

  it.each([
    ['services at once', { scope: scopes.join(' '), resource: '' }, 'invalid_target'],
    ['a service that is none', { resource: 'urn:tokengrid:moon' }, 'invalid_target'],
    ['a scope that the client does not have', { scope: 'wallet:sales:write' }, 'invalid_scope'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('is refused for %s', async (_what, said, error) => {
    const { resource, ...rest } = { resource: identityAudience, ...said };
    const fields = { ...grant, ...proof(await client()), ...rest, ...(resource !== '' && { resource }) };
    expect(await form('/oauth/token', fields)).toMatchObject({ status: 400, body: { error } });
  });

  it('stops with the suspension of the party, and works again after it', async () => {
    const of = await client({}, rival);
    const token = await tokenOf(of);
    const suspend = (what: string) => identity.post(`/v1/parties/${rival.partyId}/${what}`, {}, { key: operatorKey });
    expect((await me(token)).status).toBe(200);
    await suspend('suspend');
    expect(await me(token)).toMatchObject({
      status: 401,
      body: { detail: 'the party of the access token is suspended' },
    });
    expect(await ask(of)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    await suspend('reinstate');
    expect((await me(token)).status).toBe(200);
  });

  it('is unknown to clients of other parties, which can revoke none of it', async () => {
    const token = await tokenOf(await client());
    const other = await client({}, rival);
    expect(await form('/oauth/introspect', { token, ...proof(other) })).toEqual({
      status: 200,
      body: { active: false },
    });
    expect(await form('/oauth/revoke', { token, ...proof(other) })).toMatchObject({ status: 400 });
    expect((await me(token)).status).toBe(200);
    const colleague = await client();
    expect(await form('/oauth/introspect', { token, ...proof(colleague) })).toMatchObject({ body: { active: true } });
  });

  it.each(['x', 'eyJhbGciOiJub25lIn0.e30.', 'eyJ.eyJ.eyJ', 'tg_secret', withNul])(
    '%s is inactive, and revoking it is nothing',
    async (token) => {
      const of = await client();
      expect(await form('/oauth/introspect', { token, ...proof(of) })).toEqual({
        status: 200,
        body: { active: false },
      });
      expect((await form('/oauth/revoke', { token, ...proof(of) })).status).toBe(200);
    },
  );
});

describe('a client', () => {
  it.each([
    ['a wrong secret', { client_secret: 'wrong' }],
    ['its hash for a secret', { client_secret: '0'.repeat(64) }],
    ['an unknown name', { client_id: 'cli_unknown' }],
  ])('with %s is refused', async (_what, said) => {
    expect(await ask(await client(), said)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('with a key has no secret, and is refused without an assertion', async () => {
    const { clientId } = await keyedClient();
    expect(await ask({ clientId, secret: 'x' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await form('/oauth/token', { ...grant, client_id: clientId })).toMatchObject({ status: 401 });
  });

  it('proves itself by each assertion once, however many requests come at once', async () => {
    const { clientId, privateKey } = await keyedClient();
    const fields = assertedBy(await assertion(clientId).sign(privateKey));
    const answers = await Promise.all(Array.from({ length: 8 }, () => form('/oauth/token', fields)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 401)]);
    expect(await form('/oauth/token', fields)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each([
    ['that is over', { exp: -10 }],
    ['that holds for an hour', { exp: 3600 }],
    ['for somebody else', { aud: 'https://elsewhere.example' }],
    ['of somebody else', { iss: 'cli_other' }],
    ['without an id', { jti: undefined }],
  ])('is refused with an assertion %s', async (_what, said) => {
    const { clientId, privateKey } = await keyedClient();
    const fields = assertedBy(await assertion(clientId, said).sign(privateKey));
    expect(await form('/oauth/token', fields)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('is refused with an assertion that is not signed, or signed by another key', async () => {
    const { clientId } = await keyedClient();
    const { privateKey } = await generateKeyPair('ES256');
    const bare = new UnsecuredJWT({ iss: clientId, sub: clientId, aud: issuer, jti: 'a' })
      .setExpirationTime('1m')
      .encode();
    for (const signed of [bare, await assertion(clientId).sign(privateKey)])
      expect(await form('/oauth/token', assertedBy(signed))).toMatchObject({ status: 401 });
  });

  const assertion = (clientId: string, said: { exp?: number; aud?: string; iss?: string; jti?: undefined } = {}) => {
    const { exp = 60, ...more } = said;
    const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), ...more } as JWTPayload;
    const end = Math.floor(Date.now() / 1000) + exp;
    return new SignJWT(claims).setExpirationTime(end).setProtectedHeader({ alg: 'ES256', kid: 'one' });
  };
  const assertedBy = (signed: string) => ({
    ...{ ...grant, resource: identityAudience, client_assertion: signed },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });

  it('is listed by its party without its secret, and by no other', async () => {
    const of = await client();
    const { body } = await identity.ask('/v1/oauth-clients?limit=1000', { key: developer.key });
    expect(body.data).toContainEqual({
      ...{ clientId: of.clientId, name: 'nightly job', scopes, status: 'active', mintedBy: developer.keyId },
      registeredAt: expect.any(String),
    });
    const path = `/v1/oauth-clients?party=${developer.partyId}`;
    expect(await identity.ask(path, { key: rival.key })).toMatchObject({ status: 404 });
    expect(await identity.ask(path, { key: operatorKey })).toMatchObject({ status: 200 });
  });

  it('works with both secrets during the overlap of a rotation, and with the new one after it', async () => {
    const of = await client();
    const rotate = (overlapSeconds: number) =>
      identity.post(`/v1/oauth-clients/${of.clientId}/rotate`, { overlapSeconds }, { key: developer.key });
    const second = { ...of, secret: String((await rotate(60)).body['clientSecret']) };
    expect([(await ask(of)).status, (await ask(second)).status]).toEqual([200, 200]);
    const third = { ...of, secret: String((await rotate(0)).body['clientSecret']) };
    expect([(await ask(of)).status, (await ask(second)).status, (await ask(third)).status]).toEqual([401, 401, 200]);
  });

  it('is deleted with its tokens, once and for all', async () => {
    const of = await client();
    const token = await tokenOf(of);
    const path = `/v1/oauth-clients/${of.clientId}`;
    const end = (key: string) => identity.ask(path, { method: 'DELETE', key });
    expect(await end(rival.key)).toMatchObject({ status: 404 });
    expect((await end(developer.key)).status).toBe(204);
    expect(await me(token)).toMatchObject({
      status: 401,
      body: { detail: 'the client of the access token is deleted' },
    });
    expect(await ask(of)).toMatchObject({ status: 401 });
    expect((await end(developer.key)).status).toBe(204);
    expect(await identity.post(`${path}/rotate`, { overlapSeconds: 0 }, { key: developer.key })).toMatchObject({
      ...{ status: 409, body: { code: 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE' } },
    });
  });

  it.each([
    ['a scope that issues keys', { scopes: ['identity:api-keys:write'] }, 400],
    ['a scope that its key lacks', { scopes: ['app-registry:models:write'] }, 403],
    ['a private key', { publicKeys: [{ kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), d: 'd' }] }, 400],
    ['half a key', { publicKeys: [{ kty: 'EC', crv: 'P-256', x: 'x'.repeat(43) }] }, 400],
    ['a symmetric key', { publicKeys: [{ kty: 'oct', k: 'secret' }] }, 400],
  ])('is not registered with %s', async (_what, said, status) => {
    expect((await register(said)).status).toBe(status);
  });

  it('is not registered by a key with limits, by an access token, or by the operator', async () => {
    const body = { name: 'agent', scopes: ['identity:oauth-clients:write', ...scopes], requestsPerMinute: 1 };
    const path = `/v1/parties/${developer.partyId}/api-keys`;
    const limited = await identity.post(path, body, { key: developer.key });
    expect(await register({}, String(limited.body['secret']))).toMatchObject({
      ...{ status: 409, body: { code: 'IDENTITY.API_KEY_LIMITED' } },
    });
    expect(await register({}, await tokenOf(await client()))).toMatchObject({ status: 403 });
    expect(await register({}, operatorKey)).toMatchObject({ status: 403 });
  });
});

describe('what is kept', () => {
  it('is no secret, no private key and no token, in events and in the log', async () => {
    const of = await client();
    const token = await tokenOf(of);
    await form('/oauth/revoke', { token, ...proof(of) });
    await ask(of, { client_secret: 'a-wrong-secret' });
    const { privateKey } = identity.instance(SigningKeyring).current()[0]!;
    const kept = `${identity.topic()}\n${identity.written.join('\n')}`;
    for (const secret of [of.secret, token, token.split('.')[2]!, privateKey.d!, 'a-wrong-secret'])
      expect(kept).not.toContain(secret);
    expect(kept).toContain('SigningKeyPublished');
  });
});

describe('a request', () => {
  it('above 16 KiB is refused before it is read', async () => {
    expect(await form('/oauth/token', { ...grant, scope: 'x'.repeat(20_000) })).toMatchObject({
      ...{ status: 413, body: { error: 'invalid_request' } },
    });
  });

  it('in JSON is refused', async () => {
    expect(await identity.post('/oauth/token', grant)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('with a member twice is refused', async () => {
    const body = 'grant_type=client_credentials&grant_type=password&client_id=x';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status } = await identity.send({ method: 'POST', path: '/oauth/token', body, headers });
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it.each(['token', 'introspect', 'revoke'])('without a body at /oauth/%s is refused', async (path) =>
    expect((await fetch(`${identity.url}/oauth/${path}`, { method: 'POST' })).status).toBe(400),
  );
});

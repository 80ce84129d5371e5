import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { type Client, type Owner, redirectUri, SignIn, verifier } from '../testing/sign-in.ts';

let signIn: SignIn;
let who: Owner;
let of: Client;
beforeAll(async () => {
  signIn = await SignIn.start();
  who = await signIn.owner();
  of = await signIn.client(who);
}, 120_000);
afterAll(() => signIn.close(), 60_000);

const insecure = { [oauth.allowInsecureRequests]: true };
const refused = (error: string) => ({ status: 400, body: { error } });
const ended = { status: 401 };

describe('strict clients', () => {
  it('discover what is offered, and nothing else', async () => {
    const url = new URL(signIn.issuer);
    const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
    expect(server).toMatchObject({
      grant_types_supported: expect.arrayContaining(['authorization_code', 'client_credentials', 'refresh_token']),
      ...{ response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] },
      ...{ authorization_endpoint: `${signIn.issuer}/oauth/authorize`, subject_types_supported: ['public'] },
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: expect.arrayContaining([
        'openid',
        'profile',
        'email',
        'offline_access',
        'wallet:balances:read',
      ]),
      claims_supported: expect.arrayContaining(['sub', 'name', 'email', 'email_verified']),
    });
    expect(JSON.stringify(server)).not.toMatch(/none|HS256|plain|implicit|device|end_session|registration_endpoint/);
  });

  it('(oauth4webapi) sign a person in, refresh, validate, introspect and revoke', async () => {
    const url = new URL(signIn.issuer);
    const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
    const arrived = await signIn.walk(signIn.browser(), who, await signIn.url(of));
    const known: oauth.Client = { client_id: of.clientId };
    const auth = oauth.ClientSecretBasic(of.secret);
    const mixedUp = () => oauth.validateAuthResponse(server, known, new URL(arrived.url), 'another state');
    expect(mixedUp).toThrow();
    const params = oauth.validateAuthResponse(server, known, new URL(arrived.url), 'st');
    const answered = await oauth.authorizationCodeGrantRequest(
      ...([server, known, auth, params, redirectUri, verifier, insecure] as const),
    );
    const expected = { expectedNonce: 'nn', requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, known, answered, expected);
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
      ...{ sub: who.userId, name: 'Ann & Bob', email: who.email, email_verified: true, amr: ['pwd'] },
    });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const request = new Request('http://identity.example/v1/me', { headers });
    expect(await oauth.validateJwtAccessToken(server, request, 'urn:tokengrid:identity', insecure)).toMatchObject({
      ...{ sub: who.userId, client_id: of.clientId, party: who.partyId, scope: 'identity:parties:read' },
    });
    expect((await signIn.me(tokens.access_token)).body).toMatchObject({ partyId: who.partyId, keyId: who.userId });
    const introspect = async (token: string) => {
      const introspected = await oauth.introspectionRequest(server, known, auth, token, insecure);
      return oauth.processIntrospectionResponse(server, known, introspected);
    };
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true, sub: who.userId, party: who.partyId });
    const asked = await oauth.refreshTokenGrantRequest(server, known, auth, tokens.refresh_token!, insecure);
    const renewed = await oauth.processRefreshTokenResponse(server, known, asked);
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    expect(await introspect(renewed.refresh_token!)).toMatchObject({ active: true });
    const revoke = async (token: string) =>
      oauth.processRevocationResponse(await oauth.revocationRequest(server, known, auth, token, insecure));
    await revoke(tokens.access_token);
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
    expect((await signIn.me(renewed.access_token)).status).toBe(200);
    await revoke(renewed.refresh_token!);
    expect(await introspect(renewed.access_token)).toEqual({ active: false });
    expect(await signIn.me(renewed.access_token)).toMatchObject(ended);
  });

  it('(openid-client) sign a person in, refresh, ask who they are, introspect and revoke', async () => {
    const execute = [openid.allowInsecureRequests];
    const config = await openid.discovery(new URL(signIn.issuer), of.clientId, of.secret, undefined, { execute });
    const asked = { scope: 'openid email offline_access', prompt: 'consent', redirect_uri: redirectUri };
    const url = openid.buildAuthorizationUrl(config, {
      ...{ ...asked, state: 's2', nonce: 'n2', code_challenge_method: 'S256' },
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    });
    const arrived = await signIn.walk(signIn.browser(), who, url.href);
    const checks = { pkceCodeVerifier: verifier, expectedState: 's2', expectedNonce: 'n2', idTokenExpected: true };
    const tokens = await openid.authorizationCodeGrant(config, new URL(arrived.url), checks);
    expect(tokens.claims()).toMatchObject({ sub: who.userId });
    expect(await openid.fetchUserInfo(config, tokens.access_token, who.userId)).toEqual({
      ...{ sub: who.userId, email: who.email, email_verified: true },
    });
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token!);
    expect(await openid.tokenIntrospection(config, renewed.refresh_token!)).toMatchObject({ active: true });
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(openid.refreshTokenGrant(config, renewed.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await openid.tokenRevocation(config, renewed.access_token);
    await expect(openid.fetchUserInfo(config, renewed.access_token, who.userId)).rejects.toThrow();
  });
});

describe('a code', () => {
  it.each([
    ['the verifier of another request', { code_verifier: 'v'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect URI', { redirect_uri: `${redirectUri}/` }],
  ])('is refused with %s', async (_what, said) => {
    expect(await signIn.exchange(of, await signIn.code(of, who), said)).toMatchObject(refused('invalid_grant'));
  });

  it('is refused to another client', async () => {
    const other = await signIn.client(who);
    expect(await signIn.exchange(other, await signIn.code(of, who))).toMatchObject(refused('invalid_grant'));
  });

  it('works once; used again, it ends what came of it', async () => {
    const code = await signIn.code(of, who);
    const first = await signIn.exchange(of, code);
    expect((await signIn.me(first.body['access_token'])).status).toBe(200);
    expect(await signIn.exchange(of, code)).toMatchObject(refused('invalid_grant'));
    expect(await signIn.me(first.body['access_token'])).toMatchObject(ended);
    expect(await signIn.refresh(of, first.body['refresh_token'])).toMatchObject(refused('invalid_grant'));
  });

  it('works for one at most of many requests at once', async () => {
    const code = await signIn.code(of, who);
    const answers = await Promise.all(Array.from({ length: 6 }, () => signIn.exchange(of, code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { body } of answers)
      if (body['access_token']) expect(await signIn.me(body['access_token'])).toMatchObject(ended);
  });

  it('is refused once it has expired', async () => {
    const code = await signIn.code(of, who);
    await sql(`update oauth_states set expires_at = now() where model = 'AuthorizationCode'`);
    expect(await signIn.exchange(of, code)).toMatchObject(refused('invalid_grant'));
  });
});

describe('a refresh token', () => {
  it('is another one each time; an earlier one ends them all', async () => {
    const first = await signIn.signedIn(of, who);
    const second = (await signIn.refresh(of, first['refresh_token'])).body;
    const third = (await signIn.refresh(of, second['refresh_token'])).body;
    expect((await signIn.me(third['access_token'])).status).toBe(200);
    expect(await signIn.refresh(of, first['refresh_token'])).toMatchObject(refused('invalid_grant'));
    expect(await signIn.refresh(of, third['refresh_token'])).toMatchObject(refused('invalid_grant'));
    expect(await signIn.me(third['access_token'])).toMatchObject(ended);
  });

  it('used twice at once ends the grant', async () => {
    const tokens = await signIn.signedIn(of, who);
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn.refresh(of, tokens['refresh_token'])));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { body } of answers)
      if (body['refresh_token'])
        expect(await signIn.refresh(of, body['refresh_token'])).toMatchObject(refused('invalid_grant'));
    expect(await signIn.me(tokens['access_token'])).toMatchObject(ended);
  });

  it('is refused to another client, and gives no more scopes than were allowed', async () => {
    const tokens = await signIn.signedIn(of, who);
    expect(await signIn.refresh(await signIn.client(who), tokens['refresh_token'])).toMatchObject(
      refused('invalid_grant'),
    );
    expect(await signIn.refresh(of, tokens['refresh_token'], { scope: 'wallet:balances:read' })).toMatchObject(
      refused('invalid_scope'),
    );
  });

  it('comes with the scope offline_access alone', async () => {
    const tokens = await signIn.signedIn(of, who, { scope: 'openid identity:parties:read' });
    expect(Object.keys(tokens)).toContain('access_token');
    expect(Object.keys(tokens)).not.toContain('refresh_token');
  });
});

describe("a person's access token", () => {
  it('has what client and role have, and is for one service of those that were allowed', async () => {
    const mei = await signIn.member(who, 'viewer');
    const scope =
      'openid offline_access identity:parties:read identity:people:write wallet:balances:read wallet:transfers:write';
    const tokens = await signIn.exchange(of, await signIn.code(of, mei, { scope }), {
      resource: 'urn:tokengrid:identity',
    });
    expect(tokens.body).toMatchObject({ scope: 'identity:parties:read' });
    const wallet = await signIn.refresh(of, tokens.body['refresh_token'], { resource: 'urn:tokengrid:wallet' });
    expect(wallet.body).toMatchObject({ scope: 'wallet:balances:read' });
    expect(await signIn.me(wallet.body['access_token'])).toMatchObject(ended);
    expect(await signIn.refresh(of, wallet.body['refresh_token'])).toMatchObject(refused('invalid_target'));
  });

  it('ends with the membership, and follows a change of the role', async () => {
    const mei = await signIn.member(who, 'admin');
    const scope = 'openid offline_access identity:parties:read identity:people:write';
    const tokens = await signIn.signedIn(of, mei, { scope });
    const path = `/v1/parties/${who.partyId}/people/${mei.userId}`;
    const scopesNow = async () => (await signIn.me(tokens['access_token'])).body['scopes'];
    expect(await scopesNow()).toEqual(['identity:parties:read', 'identity:people:write']);
    await signIn.identity.post(`${path}/role`, { role: 'viewer' }, { key: who.key });
    expect(await scopesNow()).toEqual(['identity:parties:read']);
    await signIn.identity.ask(path, { method: 'DELETE', key: who.key });
    expect(await signIn.me(tokens['access_token'])).toMatchObject(ended);
    expect(await signIn.refresh(of, tokens['refresh_token'])).toMatchObject(refused('invalid_grant'));
  });

  it('invites others within the role, for its own party alone', async () => {
    const mei = await signIn.member(who, 'admin');
    const { access_token: key } = await signIn.signedIn(of, mei, { scope: 'openid identity:people:write' });
    const invite = (partyId: string, role: string) =>
      signIn.identity.post(`/v1/parties/${partyId}/invitations`, { email: `${role}@new.example`, role }, { key });
    expect(await invite(who.partyId, 'finance')).toMatchObject({ status: 201 });
    expect(await invite(who.partyId, 'owner')).toMatchObject({ status: 403 });
    expect(await invite((await signIn.owner()).partyId, 'viewer')).toMatchObject({ status: 404 });
  });

  it('ends with the erasure of the person, the deletion of the client, and a suspension', async () => {
    const [mei, doomed] = [await signIn.member(who, 'viewer'), await signIn.client(who)];
    const other = await signIn.owner();
    const [first, second, third] = [
      await signIn.signedIn(of, mei),
      await signIn.signedIn(doomed, who),
      await signIn.signedIn(of, other),
    ];
    const key = signIn.identity.operator.secret;
    await signIn.identity.ask(`/v1/people/${mei.userId}/personal-data`, { method: 'DELETE', key });
    await signIn.reactions.run();
    await signIn.identity.ask(`/v1/oauth-clients/${doomed.clientId}`, { method: 'DELETE', key: who.key });
    await signIn.identity.post(`/v1/parties/${other.partyId}/suspend`, {}, { key });
    expect(await signIn.me(first['access_token'])).toMatchObject(ended);
    expect(await signIn.refresh(of, first['refresh_token'])).toMatchObject(refused('invalid_grant'));
    expect(await signIn.me(second['access_token'])).toMatchObject(ended);
    expect(await signIn.me(third['access_token'])).toMatchObject({
      body: { detail: 'the party of the access token is suspended' },
    });
  });
});

it('the table of states opens nothing: it has no code, token, session or address', async () => {
  const tokens = await signIn.signedIn(of, who);
  const code = await signIn.code(of, who);
  const rows = JSON.stringify(await sql("select * , encode(payload, 'escape') as text from oauth_states"));
  const kept = `${signIn.identity.topic()}\n${signIn.identity.written.join('\n')}\n${rows}`;
  for (const text of [code, tokens['refresh_token'], tokens['access_token'], who.email])
    expect(kept).not.toContain(text);
});

const sql = async (text: string) => (await poolOf(signIn.identity.instance(DataSource)).query(text)).rows;

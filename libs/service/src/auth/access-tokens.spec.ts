import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { call, told } from '../specimen/call.ts';
import { addClient, runJars, type Specimen } from '../specimen/run-jars.ts';
import { audienceOf } from './access-tokens.ts';

const issuer = 'https://identity.operator.example';
const scope = 'wallet:balances:read';

interface Signing {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

let jars: Specimen;
let key: Signing;

beforeAll(async () => {
  jars = await runJars({ environment: { API_KEY_CACHE_MS: '250' } });
  key = await published();
  addClient(jars, 'cli_one', { partyId: 'org_1', partyKind: 'provider', scopes: [scope, 'wallet:entries:read'] });
});
afterAll(() => jars.close());

/** A new signing key that the service knows. */
async function published(expiresAt = Date.now() + 3_600_000): Promise<Signing> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const kid = await calculateJwkThumbprint(publicKey);
  jars.world.tokenKeys.set(kid, { issuer, publicKey: await exportJWK(publicKey), expiresAt });
  return { kid, privateKey };
}

const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

const claims = (said: object = {}) => ({
  ...{ iss: issuer, aud: audienceOf('jars'), sub: 'cli_one', client_id: 'cli_one', scope },
  ...{ iat: secondsFromNow(0), exp: secondsFromNow(60), jti: Math.random().toString(36) },
  ...said,
});

/** A token with claims beside the usual ones. */
const token = (said: object = {}, header: object = {}, by = key): Promise<string> =>
  new SignJWT(claims(said))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: by.kid, ...header })
    .sign(by.privateKey);

const as = (bearer: string, path = '/v1/whoami') =>
  call(`${jars.url}${path}`, 'GET', undefined, { authorization: `Bearer ${bearer}` });
const refusal = async (bearer: string) => told(await as(bearer));
const unauthenticated = (detail: string) => ({ status: 401, code: 'UNAUTHENTICATED', detail });

describe('a caller with an access token', () => {
  it('is the party of its client, with the scopes that token and client share', async () => {
    const { status, body } = await as(await token({ scope: `${scope} wallet:transfers:write` }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ partyId: 'org_1', kind: 'provider', keyId: 'cli_one', scopes: [scope] });
  });

  it('has no scope that its token does not have', async () => {
    const { body } = await as(await token({ scope: undefined }));
    expect(body).toMatchObject({ scopes: [] });
  });

  it.each([
    ['for another service', { aud: audienceOf('wallet') }, {}, 'the access token is for another service'],
    ['for none', { aud: undefined }, {}, 'the access token is for another service'],
    ['of another issuer', { iss: 'https://elsewhere.example' }, {}, 'the access token is invalid'],
    ['that is over', { exp: secondsFromNow(-6) }, {}, 'the access token is expired'],
    ['without an end', { exp: undefined }, {}, 'the access token is invalid'],
    ['that begins later', { nbf: secondsFromNow(60) }, {}, 'the access token is invalid'],
    ['of another type, such as an ID token', {}, { typ: 'JWT' }, 'the access token is invalid'],
    [
      'in the name of somebody else',
      { sub: 'usr_1' },
      {},
      'the access token is neither that of a client nor that of a person',
    ],
    ['of an unknown client', { client_id: 'cli_x', sub: 'cli_x' }, {}, 'unknown client of the access token'],
    ['of an unknown key', {}, { kid: 'x' }, 'unknown signing key of the access token'],
    ['without an id', { jti: undefined }, {}, 'the access token is malformed'],
    ['whose id no store takes', { jti: '\0' }, {}, 'the access token is malformed'],
    ['whose client no store takes', { client_id: 'cli_\0' }, {}, 'the access token is malformed'],
    ['whose key no store takes', {}, { kid: '\0' }, 'the access token is malformed'],
  ])('%s is 401', async (_what, said, header, detail) => {
    expect(await refusal(await token(said, header))).toEqual(unauthenticated(detail));
  });

  it('whose clock is a little ahead is admitted', async () => {
    expect((await as(await token({ exp: secondsFromNow(-3) }))).status).toBe(200);
  });

  it('that another key signed in the name of a known one is 401', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await token({}, {}, { kid: key.kid, privateKey });
    expect(await refusal(forged)).toEqual(unauthenticated('the access token is invalid'));
  });

  it('with changed claims is 401', async () => {
    const [header, , signature] = (await token()).split('.');
    const payload = Buffer.from(JSON.stringify(claims({ scope: 'wallet:transfers:write' }))).toString('base64url');
    expect(await refusal(`${header}.${payload}.${signature}`)).toEqual(unauthenticated('the access token is invalid'));
  });

  it('that is not signed, or by a secret made of the public key, is 401', async () => {
    const bare = new UnsecuredJWT(claims()).encode();
    expect(await refusal(bare)).toMatchObject({ status: 401 });
    const publicKey = jars.world.tokenKeys.get(key.kid)!.publicKey;
    const hmac = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })
      .sign(new TextEncoder().encode(JSON.stringify(publicKey)));
    expect(await refusal(hmac)).toEqual(unauthenticated('the access token is invalid'));
  });

  it('of a key that has ended is 401', async () => {
    const ended = await published(Date.now() - 1);
    expect(await refusal(await token({}, {}, ended))).toEqual(
      unauthenticated('the signing key of the access token is expired'),
    );
  });

  it('is 403 where its scopes do not reach', async () => {
    const answered = await as(await token({ scope: 'wallet:entries:read' }), '/v1/jars/jar_1');
    expect(told(answered)).toEqual({
      ...{ status: 403, code: 'PERMISSION_DENIED' },
      detail: 'the access token lacks the scope wallet:balances:read',
    });
  });

  it.each([
    ['revoked', () => void jars.world.revokedTokens.add('gone'), 'the access token is revoked'],
    [
      'of a deleted client',
      () => addClient(jars, 'cli_r', { revoked: true }),
      'the client of the access token is deleted',
    ],
    [
      'of a suspended party',
      () => addClient(jars, 'cli_r', { suspended: true }),
      'the party of the access token is suspended',
    ],
  ])('%s is 401 within a second, though it was admitted before', async (_what, change, detail) => {
    jars.world.revokedTokens.clear();
    addClient(jars, 'cli_r', {});
    const bearer = await token({ client_id: 'cli_r', sub: 'cli_r', jti: 'gone' });
    expect((await as(bearer)).status).toBe(200);
    change();
    const changed = performance.now();
    let answer = await refusal(bearer);
    while (answer.status === 200 && performance.now() - changed < 1000) answer = await refusal(bearer);
    expect(answer).toEqual(unauthenticated(detail));
  });

  it('is looked up once for many requests', async () => {
    const bearer = await token();
    await as(bearer);
    const before = jars.world.lookups;
    const answers = await Promise.all(Array.from({ length: 20 }, () => as(bearer)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(jars.world.lookups - before).toBeLessThan(20);
  });
});

describe('a caller with the token of a person', () => {
  const person = { sub: 'usr_1', party: 'org_2', grant: 'grant_1' };
  const viewer = { partyKind: 'developer', role: 'viewer' } as const;
  const well = { isSuspended: false, isErased: false, isHeldBack: false };
  const member = (said: object = {}) => jars.world.memberships.set('org_2 usr_1', { ...viewer, ...well, ...said });

  it('is the party of the membership, with what token, client and role share', async () => {
    addClient(jars, 'cli_p', { scopes: [scope, 'wallet:transfers:write'] });
    member();
    const asked = { ...person, client_id: 'cli_p', scope: `${scope} wallet:transfers:write wallet:entries:read` };
    const { body } = await as(await token(asked));
    expect(body).toMatchObject({ partyId: 'org_2', kind: 'developer', keyId: 'usr_1', scopes: [scope] });
    member({ role: 'owner' });
    const other = await token(asked);
    expect((await as(other)).body).toMatchObject({ scopes: [scope, 'wallet:transfers:write'] });
  });

  it.each([
    ['without a party', { party: undefined }],
    ['without a grant', { grant: undefined }],
    ['with a party that no store takes', { party: 'org_\0' }],
  ])('%s is 401', async (_what, said) => {
    member();
    expect(await refusal(await token({ ...person, ...said }))).toMatchObject({ status: 401 });
  });

  it('who is no member is 401', async () => {
    jars.world.memberships.clear();
    expect(await refusal(await token(person))).toEqual(unauthenticated('the person acts for the party no more'));
  });

  it.each([
    ['whose grant has ended', () => void jars.world.revokedTokens.add('grant_1'), 'the access token is revoked'],
    ['who is erased', () => member({ isErased: true }), 'the person of the access token is erased'],
    ['whose party is suspended', () => member({ isSuspended: true }), 'the party of the access token is suspended'],
    ['whose membership has ended', () => void jars.world.memberships.clear(), 'the person acts for the party no more'],
  ])('%s is 401 within a second, though admitted before', async (_what, change, detail) => {
    jars.world.revokedTokens.clear();
    member();
    const bearer = await token(person);
    expect((await as(bearer)).status).toBe(200);
    change();
    const changed = performance.now();
    let answer = await refusal(bearer);
    while (answer.status === 200 && performance.now() - changed < 1000) answer = await refusal(bearer);
    expect(answer).toEqual(unauthenticated(detail));
  });

  it('is 503 while events of the party or the person can not be read', async () => {
    jars.world.revokedTokens.clear();
    member({ isHeldBack: true });
    expect(await refusal(await token(person))).toMatchObject({ status: 503 });
  });

  it('of the operator has the scopes of the role, and no route of the operator alone', async () => {
    jars.world.revokedTokens.clear();
    jars.world.memberships.set('operator usr_1', { partyKind: 'operator', role: 'auditor', ...well });
    addClient(jars, 'cli_o', { scopes: [scope, 'wallet:transfers:write'] });
    const asked = { ...person, party: 'operator', client_id: 'cli_o', scope: `${scope} wallet:transfers:write` };
    const { body } = await as(await token(asked));
    expect(body).toMatchObject({ kind: 'operator', scopes: [scope] });
  });
});

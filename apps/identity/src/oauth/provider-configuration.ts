import { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { IdentityConfig } from '../config.ts';
import { type Accounts, claimsByScope } from './accounts.ts';
import type { OauthState } from './adapter.ts';
import type { PersonGrants } from './person-grants.ts';
import { audiencesOf, isServiceScope, scopesByAudience } from './services.ts';
import { serviceScopes } from './services.ts';
import type { HeldKey } from './signing-keyring.ts';

/** Algorithms of client assertions: those of the keys that a client may have. */
const assertedBy = ['ES256', 'Ed25519', 'EdDSA'] as const;
const signedBy = 'ES256';
/** Tolerated difference of a client's clock, in seconds. */
const clockToleranceSeconds = 5;
/** Longest life of a client assertion, in seconds: for so long its id is remembered. */
const mostAssertionSeconds = 300;

const minuteS = 60;
const dayS = 86_400;
/** Lives of what sign-in keeps, in seconds. */
const lives = { code: minuteS, interaction: 30 * minuteS, session: 7 * dayS, refresh: 30 * dayS, grant: 90 * dayS };

/** Paths of the authorization server. */
const oauthPaths = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
} as const;

/** What the configuration of the library is made of. */
export interface Parts {
  readonly state: OauthState;
  readonly accounts: Accounts;
  readonly grants: PersonGrants;
  readonly config: Pick<IdentityConfig, 'accessTokenSeconds'>;
  readonly cookieKey: string;
  /** True where browsers reach us by https. */
  readonly isSecure: boolean;
  /** Epoch milliseconds. */
  now(): number;
  renderError(context: KoaContextWithOIDC, out: object): void;
}

/** Configuration of the library, for one set of signing keys. */
export function configurationOf(held: readonly HeldKey[], signing: HeldKey, parts: Parts): Configuration {
  const { state, accounts, grants, config, isSecure } = parts;
  const off = { enabled: false };
  const cookie = { httpOnly: true, sameSite: 'lax' as const, secure: isSecure, signed: true };
  return {
    adapter: (model) => state.adapterOf(model),
    jwks: { keys: held.map(({ keyId, privateKey }) => ({ ...privateKey, kid: keyId, alg: signedBy, use: 'sig' })) },
    ...{ routes: oauthPaths, responseTypes: ['code'], clockTolerance: clockToleranceSeconds },
    scopes: [...serviceScopes, ...Object.keys(claimsByScope), 'offline_access'],
    claims: { ...claimsByScope, openid: ['sub', 'amr', 'auth_time'] } as never,
    allowOmittingSingleRegisteredRedirectUri: false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: signedBy },
    enabledJWA: {
      clientAuthSigningAlgValues: [...assertedBy],
      ...{ idTokenSigningAlgValues: [signedBy], requestObjectSigningAlgValues: [signedBy] },
      ...{ introspectionSigningAlgValues: [signedBy], userinfoSigningAlgValues: [signedBy] },
      authorizationSigningAlgValues: [signedBy],
    },
    features: {
      ...{ devInteractions: off, dPoP: off, rpInitiatedLogout: off, pushedAuthorizationRequests: off },
      ...{ userinfo: { enabled: true }, clientCredentials: { enabled: true } },
      introspection: { enabled: true, allowedPolicy: (_context, client, token) => mayAskAbout(state, client, token) },
      revocation: { enabled: true, allowedPolicy: (_context, client, token) => mayRevoke(client, token) },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context, _client, oneOf) => resourcesOf(context, oneOf),
        useGrantedResource: () => true,
        getResourceServerInfo: (context, resource) => resourceOf(context, resource, signing.keyId, parts),
      },
    },
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    issueRefreshToken: (_context, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    findAccount: (_context, userId) => accounts.find(userId),
    loadExistingGrant: (context) => existingGrant(context, grants),
    extraTokenClaims: (_context, token) => claimsOfToken(token, grants),
    interactions: { policy: policy(), url: (_context, { uid }) => `/oauth/interaction/${uid}` },
    cookies: { keys: [parts.cookieKey], long: cookie, short: cookie },
    ttl: {
      ...{ ClientCredentials: config.accessTokenSeconds, AccessToken: config.accessTokenSeconds },
      ...{ IdToken: config.accessTokenSeconds, AuthorizationCode: lives.code, Interaction: lives.interaction },
      ...{ Session: lives.session, RefreshToken: lives.refresh, Grant: lives.grant },
    },
    clientBasedCORS: () => false,
    assertJwtClientAuthClaimsAndHeader: (_context, { exp }) => refuseLongAssertion(Number(exp), parts.now()),
    renderError: (context, out) => parts.renderError(context, out),
  };
}

/** Steps of an authorization: sign in, prove the address, allow access. */
function policy() {
  const { Check, Prompt, base } = interactionPolicy;
  const prompts = base();
  const isGone = new Check('account_gone', 'the person is not known any more', 'login_required', ({ oidc }) =>
    oidc.session?.accountId !== undefined && !oidc.entities.Account ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
  );
  prompts.get('login')!.checks.add(isGone);
  const isUnproved = new Check(
    'email_unproved',
    'the e-mail address is not proved',
    'interaction_required',
    async (context) => {
      const claims = await context.oidc.entities.Account?.claims('id_token', 'email', {}, []);
      return claims?.['email_verified'] === true ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    },
  );
  prompts.add(new Prompt({ name: 'proof' }, isUnproved), 1);
  return prompts;
}

/** A client may ask about the tokens of its own party's clients. */
async function mayAskAbout(
  state: OauthState,
  client: { clientId: string },
  token: { clientId?: string | undefined },
): Promise<boolean> {
  if (token.clientId === undefined) return false;
  if (token.clientId === client.clientId) return true;
  const [asking, asked] = await Promise.all([state.partyOf(client.clientId), state.partyOf(token.clientId)]);
  return asking !== undefined && asking === asked;
}

/** A client revokes its own tokens only. @throws InvalidRequest for another client's */
function mayRevoke(client: { clientId: string }, token: { clientId?: string | undefined }): boolean {
  if (token.clientId === client.clientId) return true;
  throw new errors.InvalidRequest('the token is not that of the client');
}

const isOfProgram = ({ oidc }: KoaContextWithOIDC): boolean => oidc.params?.['grant_type'] === 'client_credentials';

/**
 * The services of all asked scopes, for a program that of all of its client's. People are asked for
 * several at once; a token is for one.
 */
function resourcesOf(context: KoaContextWithOIDC, oneOf: readonly string[] | undefined): string | string[] {
  const { params, client, route } = context.oidc;
  const asked = params?.['scope'] as string | undefined;
  const scopes = asked ?? (isOfProgram(context) ? client?.scope : undefined) ?? '';
  const resources = oneOf ?? audiencesOf(scopes.split(' ').filter(isServiceScope));
  const [resource, ...others] = resources;
  if (route !== 'token' && others.length > 0) return [...resources];
  if (resource !== undefined && others.length === 0) return resource;
  if (!isOfProgram(context) && others.length === 0) return [];
  throw new errors.InvalidTarget('a token is for one service: name it as resource, such as urn:tokengrid:wallet');
}

/**
 * A service as a resource. A program's token has all that its client has there, without asked
 * scopes; a person's has what their role allows now.
 */
async function resourceOf(context: KoaContextWithOIDC, resource: string, keyId: string, { config, grants }: Parts) {
  const known = scopesByAudience.get(resource);
  if (!known) throw new errors.InvalidTarget('unknown resource: name a service, such as urn:tokengrid:wallet');
  const { params = {}, client, entities, route } = context.oidc;
  if (isOfProgram(context)) {
    const allowed = client?.scope?.split(' ') ?? [];
    params['scope'] ??= known.filter((scope) => allowed.includes(scope)).join(' ') || undefined;
  }
  const { accountId, jti } = entities.Grant ?? {};
  const held =
    route === 'token' && accountId !== undefined && jti !== undefined
      ? await heldScopes(accountId, jti, grants)
      : known;
  return {
    scope: known.filter((scope) => held.includes(scope)).join(' '),
    ...{ audience: resource, accessTokenTTL: config.accessTokenSeconds },
    ...{ accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: signedBy, kid: keyId } as const } },
  };
}

/** Scopes of a grant's person now. @throws InvalidGrant for one who is no member any more */
async function heldScopes(userId: string, grantId: string, grants: PersonGrants): Promise<readonly string[]> {
  const grant = await grants.active(userId, grantId);
  const held = grant && (await grants.scopesOf(userId, grant));
  if (!held) throw new errors.InvalidGrant('the person acts for the party no more');
  return held;
}

/** The grant of this browser for the client; without the person's membership it is given anew. */
async function existingGrant({ oidc }: KoaContextWithOIDC, grants: PersonGrants) {
  const { client, session, result, provider } = oidc;
  const grantId = result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId));
  const accountId = session?.accountId;
  const found = grantId === undefined || accountId === undefined ? undefined : await provider.Grant.find(grantId);
  if (!found || accountId === undefined) return undefined;
  const grant = await grants.active(accountId, grantId!);
  return grant && (await grants.scopesOf(accountId, grant)) ? found : undefined;
}

/** Claims of a person's token beside the usual: the party, and the grant, whose end ends it. */
async function claimsOfToken(token: object, grants: PersonGrants) {
  const { accountId, grantId } = token as { readonly accountId?: string; readonly grantId?: string };
  if (accountId === undefined || grantId === undefined) return undefined;
  const grant = await grants.active(accountId, grantId);
  if (!grant) throw new errors.InvalidGrant('the grant has ended');
  return { grant: grantId, ...(grant.partyId !== undefined && { party: grant.partyId }) };
}

/** @param exp epoch seconds @param now epoch milliseconds */
function refuseLongAssertion(exp: number, now: number): void {
  if (exp > now / 1000 + mostAssertionSeconds + clockToleranceSeconds) {
    throw new errors.InvalidClientAuth(`a client assertion ends after ${mostAssertionSeconds} seconds at the latest`);
  }
}

import { hash, timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import {
  type Parts,
  problem,
  ProblemError,
  scopes,
  serviceConfig,
  serviceLog,
  serviceParts,
  unavailable,
} from '@tokengrid/service';
import { type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import type { IdentityConfig } from '../config.ts';
import { OauthState } from './adapter.ts';
import { discovery, discoveryPaths } from './discovery.ts';
import { audiencesOf, scopesByAudience } from './services.ts';
import { type HeldKey, SigningKeyring } from './signing-keyring.ts';

/** Algorithms of client assertions: those of the keys that a client may have. */
const assertedBy = ['ES256', 'Ed25519', 'EdDSA'] as const;
const signedBy = 'ES256';
/** Tolerated difference of a client's clock, in seconds. */
const clockToleranceSeconds = 5;
/** Longest life of a client assertion, in seconds: for so long its id is remembered. */
const mostAssertionSeconds = 300;

/** Paths of the authorization server. */
const oauthPaths = {
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
} as const;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The authorization server: `oidc-provider` with our state, keys and rules. The library takes its
 * keys once, so each set of keys has an instance of its own.
 */
@Injectable()
export class AuthorizationServer {
  private made: { readonly keys: string; readonly handle: Handler } | undefined;

  constructor(
    private readonly keyring: SigningKeyring,
    private readonly state: OauthState,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: Pick<IdentityConfig, 'accessTokenSeconds'>,
    @Inject(serviceLog) private readonly log: Logger,
    @Inject(serviceParts) private readonly parts: Pick<Parts, 'store'>,
  ) {}

  /**
   * Tokens are issued by the clock of this process, and a client that is not found is refused.
   * @throws ProblemError 503 while that clock is wrong, or the database lacks what it has to have
   */
  async mustKnow(): Promise<void> {
    const doubt = this.clock.trouble ?? (await this.parts.store.doubt(0));
    if (doubt !== undefined) throw unavailable(doubt);
  }

  /**
   * Answers a request to one of its paths, or for metadata.
   * @throws ProblemError 503 while no key can sign
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const held = this.keyring.current();
    const [signing] = held;
    if (!signing) {
      throw new ProblemError(problem(503, 'UNAVAILABLE', 'no key signs access tokens yet', {}, { 'retry-after': '5' }));
    }
    const keys = held.map(({ keyId }) => keyId).join();
    if (this.made?.keys !== keys) this.made = { keys, handle: this.providerWith(held, signing).callback() };
    return this.made.handle(request, response);
  }

  private providerWith(held: readonly HeldKey[], signing: HeldKey): Provider {
    const { issuer } = this.keyring;
    const provider = new Provider(issuer, this.configurationOf(held, signing));
    const { state } = this;
    provider.Client.prototype.compareClientSecret = async function (actual: string) {
      const digest = hash('sha256', actual, 'buffer');
      const hashes = await state.secretHashes(this.clientId);
      return hashes.filter((each) => timingSafeEqual(Buffer.from(each, 'hex'), digest)).length > 0;
    };
    provider.use(async (context, next) => {
      await next();
      if (discoveryPaths.includes(context.path)) context.body = discovery(context.body as object);
    });
    provider.on('server_error', (_context, error) => this.log.error({ err: error }, 'unexpected error of OAuth'));
    // Koa writes errors to standard error where nobody listens.
    (provider as EventEmitter).on('error', (error) =>
      this.log.error({ err: error as Error }, 'broken answer of OAuth'),
    );
    return provider;
  }

  private configurationOf(held: readonly HeldKey[], signing: HeldKey): Configuration {
    const off = { enabled: false };
    return {
      adapter: (model) => this.state.adapterOf(model),
      jwks: { keys: held.map(({ keyId, privateKey }) => ({ ...privateKey, kid: keyId, alg: signedBy, use: 'sig' })) },
      ...{ routes: oauthPaths, scopes: [...scopes], responseTypes: [], clockTolerance: clockToleranceSeconds },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      clientDefaults: { id_token_signed_response_alg: signedBy },
      enabledJWA: {
        clientAuthSigningAlgValues: [...assertedBy],
        ...{ idTokenSigningAlgValues: [signedBy], requestObjectSigningAlgValues: [signedBy] },
        ...{ introspectionSigningAlgValues: [signedBy], userinfoSigningAlgValues: [signedBy] },
        authorizationSigningAlgValues: [signedBy],
      },
      features: {
        ...{ devInteractions: off, dPoP: off, rpInitiatedLogout: off, userinfo: off },
        pushedAuthorizationRequests: off,
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: (_context, client, token) => this.mayAskAbout(client, token) },
        revocation: { enabled: true, allowedPolicy: (_context, client, token) => mayRevoke(client, token) },
        resourceIndicators: {
          enabled: true,
          defaultResource: (context) => onlyResourceOf(context),
          getResourceServerInfo: (context, resource) => this.resource(context, resource, signing.keyId),
        },
      },
      ttl: { ClientCredentials: this.config.accessTokenSeconds },
      clientBasedCORS: () => false,
      assertJwtClientAuthClaimsAndHeader: (_context, { exp }) => refuseLongAssertion(Number(exp), this.clock.now()),
      renderError: (context, out) => void (context.body = out),
    };
  }

  /** A client may ask about the tokens of its own party's clients. */
  private async mayAskAbout(client: { clientId: string }, token: { clientId?: string | undefined }): Promise<boolean> {
    if (token.clientId === undefined) return false;
    if (token.clientId === client.clientId) return true;
    const [asking, asked] = await Promise.all([
      this.state.partyOf(client.clientId),
      this.state.partyOf(token.clientId),
    ]);
    return asking !== undefined && asking === asked;
  }

  /** A service as a resource. Without asked scopes, a token has all that its client has there. */
  private resource({ oidc }: KoaContextWithOIDC, resource: string, keyId: string) {
    const known = scopesByAudience.get(resource);
    if (!known) throw new errors.InvalidTarget('unknown resource: name a service, such as urn:tokengrid:wallet');
    const { params = {}, client } = oidc;
    const allowed = client?.scope?.split(' ') ?? [];
    params['scope'] ??= known.filter((scope) => allowed.includes(scope)).join(' ') || undefined;
    return {
      ...{ scope: known.join(' '), audience: resource, accessTokenTTL: this.config.accessTokenSeconds },
      ...{ accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'ES256' as const, kid: keyId } } },
    };
  }
}

/** The service of all asked scopes, or of all of the client's: a token is for one service. */
function onlyResourceOf({ oidc }: KoaContextWithOIDC): string {
  const asked = oidc.params?.['scope'] as string | undefined;
  const [resource, ...others] = audiencesOf((asked ?? oidc.client?.scope ?? '').split(' '));
  if (resource === undefined || others.length > 0) {
    throw new errors.InvalidTarget('a token is for one service: name it as resource, such as urn:tokengrid:wallet');
  }
  return resource;
}

/** A client revokes its own tokens only. @throws InvalidRequest for another client's */
function mayRevoke(client: { clientId: string }, token: { clientId?: string | undefined }): boolean {
  if (token.clientId === client.clientId) return true;
  throw new errors.InvalidRequest('the token is not that of the client');
}

/** @param exp epoch seconds @param now epoch milliseconds */
function refuseLongAssertion(exp: number, now: number): void {
  if (exp > now / 1000 + mostAssertionSeconds + clockToleranceSeconds) {
    throw new errors.InvalidClientAuth(`a client assertion ends after ${mostAssertionSeconds} seconds at the latest`);
  }
}

import { hash, timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import {
  type Parts as ServiceParts,
  problem,
  ProblemError,
  serviceConfig,
  serviceLog,
  serviceParts,
  unavailable,
} from '@tokengrid/service';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import type { IdentityConfig } from '../config.ts';
import { MasterKey } from '../key-store/master-key.ts';
import { Accounts } from './accounts.ts';
import { OauthState } from './adapter.ts';
import { errorPage } from './error-page.ts';
import { discovery, discoveryPaths } from './discovery.ts';
import { PersonGrants } from './person-grants.ts';
import { configurationOf } from './provider-configuration.ts';
import { type HeldKey, SigningKeyring } from './signing-keyring.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The library with one set of keys. */
interface Made {
  readonly keys: string;
  readonly provider: Provider;
  readonly handle: Handler;
}

/**
 * The authorization server: `oidc-provider` with our state, keys and rules. The library takes its
 * keys once, so each set of keys has an instance of its own.
 */
@Injectable()
export class AuthorizationServer {
  private made: Made | undefined;

  constructor(
    private readonly keyring: SigningKeyring,
    private readonly state: OauthState,
    private readonly accounts: Accounts,
    private readonly grants: PersonGrants,
    private readonly master: MasterKey,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: Pick<IdentityConfig, 'accessTokenSeconds'>,
    @Inject(serviceLog) private readonly log: Logger,
    @Inject(serviceParts) private readonly parts: Pick<ServiceParts, 'store'>,
  ) {}

  /** URL by which clients and browsers reach us. */
  get issuer(): string {
    return this.keyring.issuer;
  }

  /** True where browsers reach us by https. */
  get isSecure(): boolean {
    return this.issuer.startsWith('https:');
  }

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
    return this.ready().handle(request, response);
  }

  /** The library, for pages of ours. @throws ProblemError 503 while no key can sign */
  current(): Provider {
    return this.ready().provider;
  }

  private ready(): Made {
    const held = this.keyring.current();
    const [signing] = held;
    if (!signing) {
      throw new ProblemError(problem(503, 'UNAVAILABLE', 'no key signs access tokens yet', {}, { 'retry-after': '5' }));
    }
    const keys = held.map(({ keyId }) => keyId).join();
    if (this.made?.keys !== keys) {
      const provider = this.providerWith(held, signing);
      this.made = { keys, provider, handle: provider.callback() };
    }
    return this.made;
  }

  private providerWith(held: readonly HeldKey[], signing: HeldKey): Provider {
    const provider = new Provider(this.issuer, this.configurationWith(held, signing));
    // The request states the issuer's address, see `bufferedRequest`.
    provider.proxy = true;
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

  private configurationWith(held: readonly HeldKey[], signing: HeldKey) {
    const { state, accounts, grants, config, isSecure } = this;
    return configurationOf(held, signing, {
      ...{ state, accounts, grants, config, isSecure },
      cookieKey: this.master.ofCookies.toString('base64url'),
      now: () => this.clock.now(),
      renderError: (context, out) => renderError(context, out),
    });
  }
}

/** A browser gets a page, a program JSON. */
function renderError(context: KoaContextWithOIDC, out: object): void {
  const isOfBrowser = ['authorization', 'resume'].includes(context.oidc.route);
  if (!isOfBrowser) {
    context.body = out;
    return;
  }
  const { body, headers } = errorPage(context.get('accept-language'), out);
  context.set(headers);
  context.body = body as string;
}

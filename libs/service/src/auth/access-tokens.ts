import { actorText, type KeyHolderKind, type Role } from '@tokengrid/contracts';
import { Batcher, type StorageClock } from '@tokengrid/event-store';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWK,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { unauthenticated, unavailable } from '../http/problem.ts';
import { type ApiKeyLimits, type ApiKeyRow, principalOfRow } from './api-keys.ts';
import { scopesOfRole } from '../roles.ts';
import { withoutOrigin } from './lineage.ts';
import type { Principal } from './principal.ts';

/** Algorithm of the signatures. */
const signedBy = 'ES256';
/** Tolerated difference of the issuer's clock, in seconds. */
const clockToleranceSeconds = 5;

/** Audience of the access tokens for a service, by its name. */
export const audienceOf = (service: string): string => `urn:tokengrid:${service}`;

/** Names in an access token by which its state is looked up. */
export interface TokenNames {
  /** `kid` of the signing key. */
  readonly keyId: string;
  readonly clientId: string;
  /** `jti` of the token. */
  readonly tokenId: string;
  /** Absent for the token of a client itself. */
  readonly person?: PersonNames | undefined;
}

/** Names in the token of a person. */
export interface PersonNames {
  readonly userId: string;
  /** Party on whose behalf it is. */
  readonly partyId: string;
  /** What the person allowed the client. */
  readonly grantId: string;
}

/** A person's membership, by identity's events. */
export interface MembershipState {
  readonly partyKind: KeyHolderKind;
  readonly role: Role;
  /** True if the party is suspended. */
  readonly isSuspended: boolean;
  /** True if the person is erased. */
  readonly isErased: boolean;
  /** True if events of the party or the person can't be read. */
  readonly isHeldBack: boolean;
}

/** A published signing key. */
export interface TokenKey {
  readonly issuer: string;
  readonly publicKey: JWK;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** What identity's events say about an access token. */
export interface TokenState {
  /** Its signing key; absent for an unknown one. */
  readonly key: TokenKey | undefined;
  /** Its client; absent for an unknown one. */
  readonly client: ApiKeyRow | undefined;
  /** True if it, or the grant that it names, has ended. */
  readonly isRevoked: boolean;
  /** Of the person that it names; absent for one who is no member. */
  readonly membership?: MembershipState | undefined;
}

/** Table of clients, signing keys and revoked tokens, shared by all processes of a service. */
export interface AccessTokenTable {
  /** States of tokens, in their order. */
  find(tokens: readonly TokenNames[]): Promise<readonly TokenState[]>;
}

/** Claims of a token whose signature, issuer and audience were checked. */
interface Verified extends TokenNames {
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

interface Cached {
  readonly verified: Verified;
  readonly principal: Principal;
  readonly state: Pick<TokenState, 'membership'> & { readonly client: ApiKeyRow };
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** True for a bearer token in the form of a JWT. */
export const isAccessToken = (bearer: string): boolean => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer);

/**
 * Checks JWT access tokens (RFC 9068) by identity's events alone. A signature is checked once a
 * token; its client, its key and its revocation as often as an API key is looked up.
 */
export class AccessTokens {
  private readonly verified: LRUCache<string, Verified>;
  private readonly cache: LRUCache<string, Cached>;
  private readonly look: Batcher<TokenNames, TokenState>;

  /** @param audience the service's own, by {@link audienceOf} */
  constructor(
    table: AccessTokenTable,
    private readonly audience: string,
    private readonly limits: ApiKeyLimits,
    private readonly clock: StorageClock,
    /** Reason why an unknown key or client may still be valid; `undefined` if there is none. */
    private readonly unsure: () => Promise<string | undefined> = () => Promise.resolve(undefined),
  ) {
    this.verified = new LRUCache({ max: limits.apiKeyCacheEntries });
    this.cache = new LRUCache({ max: limits.apiKeyCacheEntries });
    this.look = new Batcher((tokens: readonly TokenNames[]) => table.find(tokens));
  }

  /**
   * Principal of a token, synchronously if it is cached.
   * @param digest hex SHA-256 of the token
   * @throws ProblemError 401 for a token that is malformed, forged, expired, revoked or for another
   * service, or whose client is deleted or suspended; 503 if the answer can't be known now
   */
  principalOf(token: string, digest: string): Principal | Promise<Principal> {
    const cached = this.cache.get(digest);
    if (cached === undefined || performance.now() >= cached.until) return this.lookUp(token, digest);
    this.refuseEnded(cached.verified, cached.state);
    return cached.principal;
  }

  private async lookUp(token: string, digest: string): Promise<Principal> {
    const { key, client, isRevoked, membership } = await this.look.add(namesIn(token));
    if (!key) return this.refuseUnknown('unknown signing key of the access token');
    const verified = this.verified.get(digest) ?? (await this.verify(token, key));
    if (key.expiresAt <= this.clock.now()) throw unauthenticated('the signing key of the access token is expired');
    if (!client) return this.refuseUnknown('unknown client of the access token');
    if (isRevoked) throw unauthenticated('the access token is revoked');
    if (verified.person && !membership) return this.refuseUnknown('the person acts for the party no more');
    const state = { client, membership };
    this.refuseEnded(verified, state);
    const principal = principalOf(verified, state);
    this.verified.set(digest, verified);
    this.cache.set(digest, { verified, principal, state, until: performance.now() + this.limits.apiKeyCacheMs });
    return principal;
  }

  private async verify(token: string, { issuer, publicKey }: TokenKey): Promise<Verified> {
    const { kid: keyId = '' } = decodeProtectedHeader(token);
    const keys = createLocalJWKSet({ keys: [{ ...publicKey, kid: keyId, alg: signedBy, use: 'sig' }] });
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience: this.audience, typ: 'at+jwt', algorithms: [signedBy] },
        requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(this.clock.now()),
      });
      const { client_id: clientId, jti: tokenId = '', sub, scope = '', exp = 0 } = payload;
      const person = personIn(payload);
      if (typeof clientId !== 'string' || typeof scope !== 'string' || (sub !== clientId && !person))
        throw unauthenticated('the access token is neither that of a client nor that of a person');
      return { keyId, clientId, tokenId, person, scopes: scope.split(' '), expiresAt: exp * 1000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw unauthenticated(faultOf(error));
      throw error;
    }
  }

  private refuseEnded({ expiresAt }: Verified, { client, membership }: Cached['state']): void {
    if (expiresAt + clockToleranceSeconds * 1000 <= this.clock.now()) throw unauthenticated(expired);
    if (client.revoked) throw unauthenticated('the client of the access token is deleted');
    if (client.isHeldBack || membership?.isHeldBack) {
      throw unavailable("the state of this access token can't be read; the operator is notified");
    }
    if (client.suspended || membership?.isSuspended) {
      throw unauthenticated('the party of the access token is suspended');
    }
    if (membership?.isErased) throw unauthenticated('the person of the access token is erased');
  }

  private async refuseUnknown(detail: string): Promise<never> {
    const doubt = await this.unsure();
    if (doubt !== undefined) throw unavailable(`the access token can't be checked now: ${doubt}`);
    throw unauthenticated(detail);
  }
}

/** The caller with a token: its client, or a person within their role. */
function principalOf({ scopes, person, clientId }: Verified, { client, membership }: Cached['state']): Principal {
  const given = client.scopes.filter(isIn(scopes));
  if (!person || !membership) return principalOfRow({ ...client, scopes: given });
  const { userId, partyId } = person;
  const { partyKind: kind, role } = membership;
  const held = given.filter(isIn(scopesOfRole(kind, role)));
  const actor = actorText({ party: partyId, person: userId, key: clientId });
  const who = { partyId, kind, keyId: userId, person: { userId, role }, actor };
  return { ...who, scopes: held, rights: {}, ...withoutOrigin(userId) };
}

const isIn = (scopes: readonly string[]) => (scope: string) => scopes.includes(scope);

const expired = 'the access token is expired';

/** Postgres refuses NUL characters, and with them the look-up of all tokens asked for together. */
const isName = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

/** The person that a token names, with the party and the grant; `undefined` for a client's own. */
function personIn({ sub, client_id: clientId, party, grant }: JWTPayload): PersonNames | undefined {
  if (sub === clientId || !isName(sub) || !isName(party) || !isName(grant)) return undefined;
  return { userId: sub, partyId: party, grantId: grant };
}

/** Names in a token, which nothing has checked yet. @throws ProblemError 401 */
function namesIn(token: string): TokenNames {
  try {
    const { kid } = decodeProtectedHeader(token);
    const claims = decodeJwt(token);
    const { client_id: clientId, jti } = claims;
    if (isName(kid) && isName(clientId) && isName(jti)) {
      return { keyId: kid, clientId, tokenId: jti, person: personIn(claims) };
    }
  } catch (error) {
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
  }
  throw unauthenticated('the access token is malformed');
}

/** Fault of a token; never a part of it. */
function faultOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return expired;
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
    return 'the access token is for another service';
  return 'the access token is invalid';
}

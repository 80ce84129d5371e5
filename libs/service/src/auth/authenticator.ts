import { hash, timingSafeEqual } from 'node:crypto';
import { permissionDenied, unauthenticated } from '../http/problem.ts';
import type { Access } from './access-rule.ts';
import { type AccessTokens, isAccessToken } from './access-tokens.ts';
import type { ApiKeys } from './api-keys.ts';
import { anonymousPrincipal, credentialOf, hasScope, operatorPrincipal, type Principal } from './principal.ts';

/** Bearer tokens by RFC 6750; longer ones are never ours. */
const bearer = /^Bearer +([\x21-\x7e]{1,2048})$/i;

/** Authenticates callers and checks their access to a route. */
export class Authenticator {
  private readonly operatorKeyDigest: Buffer;

  constructor(
    operatorApiKey: string,
    private readonly keys: ApiKeys,
    private readonly tokens: AccessTokens,
  ) {
    this.operatorKeyDigest = Buffer.from(sha256(operatorApiKey));
  }

  /**
   * Caller of a route, synchronously if it is known.
   * @throws ProblemError 401 without a valid key, 403 for a key without the right; both also as
   * rejection
   */
  admit(access: Access, authorization: string | undefined): Principal | Promise<Principal> {
    if (access === 'public' || (access === 'optional' && authorization === undefined)) return anonymousPrincipal;
    const principal = this.principalOf(authorization);
    if (!(principal instanceof Promise)) return permitted(principal, access);
    return principal.then((later) => permitted(later, access));
  }

  private principalOf(authorization: string | undefined): Principal | Promise<Principal> {
    if (authorization === undefined) throw unauthenticated('no API key: send "Authorization: Bearer <key>"');
    const [, secret] = bearer.exec(authorization) ?? [];
    if (secret === undefined) throw unauthenticated('the Authorization header is not "Bearer <key>"');
    const digest = sha256(secret);
    // Comparing digests of equal length takes constant time, so that the duration says nothing
    // about the key.
    if (timingSafeEqual(Buffer.from(digest), this.operatorKeyDigest)) return operatorPrincipal;
    return isAccessToken(secret) ? this.tokens.principalOf(secret, digest) : this.keys.principalOf(digest);
  }
}

function permitted(principal: Principal, access: Access): Principal {
  if (typeof access === 'object' && !hasScope(principal, access.scope)) {
    throw permissionDenied(`the ${credentialOf(principal)} lacks the scope ${access.scope}`);
  }
  if (access === 'operator' && principal.kind !== 'operator')
    throw permissionDenied('only the operator may call this route');
  // The operator's people have roles, and these routes state none.
  if (access === 'operator' && principal.person)
    throw permissionDenied('only a key of the operator may call this route');
  return principal;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

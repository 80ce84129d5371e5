import { hash, timingSafeEqual } from 'node:crypto';
import { permissionDenied, unauthenticated } from '../http/problem.ts';
import type { Access } from './access-rule.ts';
import type { ApiKeys } from './api-keys.ts';
import { anonymousPrincipal, hasScope, operatorPrincipal, type Principal } from './principal.ts';

/** RFC 6750; a secret longer than this is none of ours. */
const bearer = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** Says who calls, and whether they may. */
export class Authenticator {
  private readonly operatorKeyDigest: Buffer;

  constructor(
    operatorApiKey: string,
    private readonly keys: ApiKeys,
  ) {
    this.operatorKeyDigest = Buffer.from(sha256(operatorApiKey));
  }

  /**
   * The caller of a route, at once where that is known.
   * @throws ProblemError 401 without a good key, 403 for a key that may not; both also as rejection
   */
  admit(access: Access, authorization: string | undefined): Principal | Promise<Principal> {
    if (access === 'public' || (access === 'optional' && authorization === undefined)) return anonymousPrincipal;
    const principal = this.principalOf(authorization);
    if (!(principal instanceof Promise)) return permitted(principal, access);
    return principal.then((later) => permitted(later, access));
  }

  private principalOf(authorization: string | undefined): Principal | Promise<Principal> {
    if (authorization === undefined) throw unauthenticated('send your API key as "Authorization: Bearer <key>"');
    const [, secret] = bearer.exec(authorization) ?? [];
    if (secret === undefined) throw unauthenticated('the Authorization header is not "Bearer <key>"');
    const digest = sha256(secret);
    // Digests are compared, of equal length, in constant time: nothing is learnt about the key from how long this takes.
    if (timingSafeEqual(Buffer.from(digest), this.operatorKeyDigest)) return operatorPrincipal;
    return this.keys.principalOf(digest);
  }
}

function permitted(principal: Principal, access: Access): Principal {
  if (typeof access === 'object' && !hasScope(principal, access.scope)) {
    throw permissionDenied(`the API key lacks the scope ${access.scope}`);
  }
  if (access === 'operator' && principal.kind !== 'operator') throw permissionDenied('only the operator may do this');
  return principal;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

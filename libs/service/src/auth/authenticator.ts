import { hash, timingSafeEqual } from 'node:crypto';
import type { BaseConfig } from '../config/base-config.ts';
import { permissionDenied, unauthenticated } from '../http/problem.ts';
import type { Access } from './access.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Principal } from './principal.ts';
import { anonymousPrincipal, approverPrincipal, hasScope, operatorPrincipal } from './principal.ts';

/** RFC 6750; a secret longer than this is none of ours. */
const bearer = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** The operator's keys of the environment. */
type OperatorKeys = Pick<BaseConfig, 'operatorApiKey' | 'operatorApproverApiKey'>;

/** Says who calls, and whether they may. */
export class Authenticator {
  readonly #operators: readonly { readonly digest: Buffer; readonly principal: Principal }[];

  constructor(
    { operatorApiKey, operatorApproverApiKey }: OperatorKeys,
    private readonly keys: ApiKeys,
  ) {
    const operator = (key: string, principal: Principal) => ({ digest: Buffer.from(sha256(key)), principal });
    this.#operators = [
      operator(operatorApiKey, operatorPrincipal),
      ...(operatorApproverApiKey === undefined ? [] : [operator(operatorApproverApiKey, approverPrincipal)]),
    ];
  }

  /**
   * The caller of a route, at once where that is known.
   * @throws ProblemError 401 without a good key, 403 for a key that may not; both also as rejection
   */
  admit(access: Access, authorization: string | undefined): Principal | Promise<Principal> {
    if (access === 'public' || (access === 'optional' && authorization === undefined)) return anonymousPrincipal;
    const principal = this.#principalOf(authorization);
    if (!(principal instanceof Promise)) return permitted(principal, access);
    return principal.then((later) => permitted(later, access));
  }

  #principalOf(authorization: string | undefined): Principal | Promise<Principal> {
    if (authorization === undefined) throw unauthenticated('send your API key as "Authorization: Bearer <key>"');
    const [, secret] = bearer.exec(authorization) ?? [];
    if (secret === undefined) throw unauthenticated('the Authorization header is not "Bearer <key>"');
    const digest = sha256(secret);
    // Digests are compared, of equal length, in constant time: nothing is learnt about the key from how long this takes.
    const shown = Buffer.from(digest);
    for (const operator of this.#operators) if (timingSafeEqual(shown, operator.digest)) return operator.principal;
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

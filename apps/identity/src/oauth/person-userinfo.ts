import { Injectable } from '@nestjs/common';
import { permissionDenied, unauthenticated } from '@tokengrid/service';
import { Accounts, claimsByScope } from './accounts.ts';
import { AuthorizationServer } from './authorization-server.ts';

/** Claims about the person of an access token that is for no service. */
@Injectable()
export class PersonUserinfo {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly accounts: Accounts,
  ) {}

  /** @throws ProblemError 401 for a token that is none or has ended, 403 without `openid` */
  async of(token: string): Promise<Readonly<Record<string, unknown>>> {
    const provider = this.server.current();
    const found = await provider.AccessToken.find(token);
    const grantId = found?.isValid && found.aud === undefined ? found.grantId : undefined;
    const grant = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    const account = found && grant && (await this.accounts.find(found.accountId));
    if (!found || !grant || !account) throw unauthenticated('the access token is unknown, expired or revoked');
    const scopes = grant.getOIDCScopeFiltered(found.scopes).split(' ');
    if (!scopes.includes('openid')) throw permissionDenied('the access token lacks the scope openid');
    const told: readonly string[] = Object.entries(claimsByScope).flatMap(([scope, claims]) =>
      scopes.includes(scope) ? [...claims] : [],
    );
    const claims = await account.claims('userinfo', scopes.join(' '), {}, []);
    return Object.fromEntries(Object.entries(claims).filter(([name]) => told.includes(name)));
  }
}

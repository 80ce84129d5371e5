import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { Follows, Public, Refuses } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tokenMark } from '../../oauth/adapter.ts';
import { AuthorizationServer } from '../../oauth/authorization-server.ts';
import { PassingOn } from '../../oauth/passing-on.ts';
import { oauthApi } from './oauth-api.ts';
import { Answers, TakesForm } from './oauth.openapi.ts';

const issuer = 'https://identity.operator.example';
const metadata = {
  issuer,
  ...{ token_endpoint: `${issuer}/oauth/token`, jwks_uri: `${issuer}/oauth/jwks` },
  ...{ authorization_endpoint: `${issuer}/oauth/authorize`, code_challenge_methods_supported: ['S256'] },
  grant_types_supported: ['client_credentials', 'authorization_code', 'refresh_token'],
};
const key = { kty: 'EC', crv: 'P-256', kid: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U', alg: 'ES256', use: 'sig' };
const token = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln';

/** The authorization server (OAuth 2.1), whose requests the certified library answers. */
@Controller()
export class OauthController {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly passing: PassingOn,
  ) {}

  /**
   * Gets the metadata of the authorization server (OpenID Connect Discovery 1.0). It names only
   * what is offered.
   */
  @Get('.well-known/openid-configuration')
  @Public()
  @Follows(oauthApi)
  @Answers('Metadata', metadata)
  getOpenidConfiguration(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  /** Gets the metadata of the authorization server (RFC 8414). It names only what is offered. */
  @Get('.well-known/oauth-authorization-server')
  @Public()
  @Follows(oauthApi)
  @Answers('Metadata', metadata)
  getServerMetadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  /**
   * Gets the public keys of access tokens, as a JWK Set. The next key is in it before it signs, and
   * each one until the end of its last token.
   */
  @Get('oauth/jwks')
  @Public()
  @Follows(oauthApi)
  @Answers('Keys', { keys: [key] })
  getKeys(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  /**
   * Issues an access token to a client, for itself or in the name of a person. The grants are
   * `client_credentials`, `authorization_code` with PKCE, and `refresh_token`. The client proves
   * itself by its secret, in the form or by HTTP Basic, or by a signed assertion
   * (`private_key_jwt`). The token is a JWT (RFC 9068) for one service, its audience: `resource`,
   * or the service of all `scope`s. Without `scope` a client's own has all that the client has
   * there.
   */
  @Post('oauth/token')
  @Public()
  @Follows(oauthApi)
  @Refuses('UNAUTHENTICATED')
  @TakesForm({
    ...{ grant_type: 'client_credentials', scope: 'wallet:balances:read' },
    resource: 'urn:tokengrid:wallet',
  })
  @Answers('Access token', {
    ...{ access_token: token, expires_in: 300, token_type: 'Bearer', scope: 'wallet:balances:read' },
  })
  issueToken(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply, request.body as Buffer);
  }

  /**
   * Tells whether an access token is in force, and for what (RFC 7662). Clients may ask about
   * tokens of their own party's clients; others are told to be inactive.
   */
  @Post('oauth/introspect')
  @Public()
  @Follows(oauthApi)
  @Refuses('UNAUTHENTICATED')
  @TakesForm({ token })
  @Answers('State of the token', { active: true, scope: 'wallet:balances:read', token_type: 'Bearer' })
  introspectToken(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply, withMarkedToken(request.body as Buffer | undefined));
  }

  /**
   * Revokes an access token of the client (RFC 7009): it stops working within a second, in every
   * service. A token that is none, or has ended, is 200, too.
   */
  @Post('oauth/revoke')
  @Public()
  @Follows(oauthApi)
  @Refuses('UNAUTHENTICATED')
  @TakesForm({ token })
  @Answers('Revoked')
  revokeToken(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply, withMarkedToken(request.body as Buffer | undefined));
  }

  private async pass(request: FastifyRequest, reply: FastifyReply, body?: Buffer): Promise<void> {
    if (body) await this.server.mustKnow();
    await this.passing.pass(request, reply, body);
  }
}

const isJwt = (token: string): boolean => token.split('.').length === 3;

/** A form with a mark before its token: see {@link tokenMark}. */
function withMarkedToken(form: Buffer | undefined): Buffer {
  const fields = new URLSearchParams(form?.toString()).entries();
  const marked = [...fields].map(([name, value]) => [
    name,
    name === 'token' && isJwt(value) ? tokenMark + value : value,
  ]);
  return Buffer.from(new URLSearchParams(marked as [string, string][]).toString());
}

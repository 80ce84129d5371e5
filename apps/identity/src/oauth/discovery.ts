import { scopes } from '@tokengrid/service';

/** Paths of the server's metadata: OpenID Connect Discovery 1.0, and RFC 8414. */
export const discoveryPaths: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

/** Members about what is not offered: signing people in. */
const notOffered: readonly string[] = [
  'authorization_endpoint',
  'authorization_response_iss_parameter_supported',
  'claims_parameter_supported',
  'code_challenge_methods_supported',
  'request_uri_parameter_supported',
  'response_modes_supported',
];

/**
 * Metadata of what is offered, from the library's, which supposes an authorization endpoint and
 * knows nothing of the claims about callers of apps.
 */
export function discovery(metadata: object): object {
  const offered = Object.fromEntries(Object.entries(metadata).filter(([name]) => !notOffered.includes(name)));
  return {
    ...offered,
    scopes_supported: scopes,
    userinfo_endpoint: new URL('userinfo', String(offered['token_endpoint'])).href,
    claims_supported: ['sub', 'name', 'phone_number', 'phone_number_verified'],
  };
}

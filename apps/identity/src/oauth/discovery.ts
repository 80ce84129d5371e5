/** Paths of the server's metadata: OpenID Connect Discovery 1.0, and RFC 8414. */
export const discoveryPaths: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

/** Members about what is not offered: requests as objects, and claims asked for one by one. */
const notOffered: readonly string[] = ['claims_parameter_supported', 'request_uri_parameter_supported'];

/** Claims about callers of apps, beside those of people. */
const claimsOfCallers = ['phone_number', 'phone_number_verified'];

/**
 * Metadata of what is offered, from the library's, which knows nothing of the claims about callers
 * of apps.
 */
export function discovery(metadata: object): object {
  const offered: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !notOffered.includes(name)),
  );
  return {
    ...offered,
    claims_supported: [...(offered['claims_supported'] as string[]), ...claimsOfCallers],
    ui_locales_supported: ['en', 'zh-CN'],
  };
}

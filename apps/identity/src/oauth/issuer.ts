import type { IdentityConfig } from '../config.ts';

/** Issuer of access tokens: the URL by which clients reach identity, without a slash at its end. */
export function issuerOf({ oauthIssuer, publicUrl, host, port }: Partial<IdentityConfig>): string {
  return oauthIssuer ?? publicUrl?.replace(/\/+$/, '') ?? `http://${host}:${port}`;
}

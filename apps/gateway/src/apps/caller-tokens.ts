import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { callerTokenType } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { serviceConfig } from '@tokengrid/service';
import { SignJWT } from 'jose';
import type { GatewayConfig } from '../config.ts';
import { MasterKey } from '../credentials/master-key.ts';
import type { Admitted } from './app-admission.ts';
import { signedBy, SigningKeys } from './signing-keys.ts';

/** Header that says who calls an app. */
export const callerHeader = 'x-tokengrid-caller';
/** Issuer where the gateway has no public URL. */
const unnamedIssuer = 'tokengrid';
/** Time for which a token is valid, in seconds. */
const validSeconds = 60;

/**
 * Tokens by which an app knows who calls it: JWS in compact form (RFC 7515, RFC 7519). With one of
 * them an app reads its caller's name and number at identity, as far as they were consented to.
 */
@Injectable()
export class CallerTokens {
  private readonly issuer: string;

  constructor(
    private readonly keys: SigningKeys,
    private readonly master: MasterKey,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) { publicUrl, basePath }: Pick<GatewayConfig, 'publicUrl' | 'basePath'>,
  ) {
    this.issuer = publicUrl === undefined ? unnamedIssuer : `${publicUrl.replace(/\/+$/, '')}${basePath}`;
  }

  /** A token for one request of a subscriber to an app. */
  sign(admitted: Admitted, requestId: string): Promise<string> {
    const { appId, slug, partyId, subscriptionId, planId, scopes } = admitted;
    const { kid, privateKey } = this.keys.current();
    const issuedAt = Math.floor(this.clock.now() / 1000);
    return new SignJWT({ app: slug, subscription: subscriptionId, plan: planId, scopes: [...scopes] })
      .setProtectedHeader({ alg: signedBy, typ: callerTokenType, kid })
      .setIssuer(this.issuer)
      .setAudience(appId)
      .setSubject(this.pseudonymOf(partyId, appId))
      .setJti(requestId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + validSeconds)
      .sign(privateKey);
  }

  /**
   * A subscriber's name at one app: the same for ever, and another one at every other app. Without
   * the master key nobody can tell whose it is.
   */
  private pseudonymOf(partyId: string, appId: string): string {
    const digest = createHmac('sha256', this.master.ofPseudonyms).update(`${appId}\n${partyId}`).digest('base64url');
    return `psn_${digest}`;
  }
}

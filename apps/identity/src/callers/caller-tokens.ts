import { Inject, Injectable } from '@nestjs/common';
import { callerTokenType, type TokenKey } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { type Parts, serviceParts, unauthenticated, unavailable } from '@tokengrid/service';
import { decodeProtectedHeader, errors, importJWK, jwtVerify } from 'jose';
import { DataSource } from 'typeorm';
import { z } from 'zod';

/** Algorithm of the signatures. */
const signedBy = 'ES256';
/** Tolerated difference of the gateway's clock, in seconds. */
const clockToleranceSeconds = 5;

const claims = z.object({
  aud: z.string(),
  sub: z.string(),
  subscription: z.string(),
  scopes: z.array(z.string()),
});

/** A call of an app that the gateway passed on less than a minute ago. */
export interface AppCall {
  readonly appId: string;
  readonly subscriptionId: string;
  /** Subscriber's name at the app, of the gateway's making. */
  readonly pseudonym: string;
  /** Scopes that the call had. */
  readonly scopes: readonly string[];
}

/**
 * Checks the tokens by which the gateway tells apps who calls, by the gateway's events alone. Each
 * key that it states signs nothing else, so its issuer, which is an address, proves nothing more.
 */
@Injectable()
export class CallerTokens {
  constructor(
    @Inject(DataSource) private readonly source: Pick<DataSource, 'query'>,
    private readonly clock: StorageClock,
    @Inject(serviceParts) private readonly doubts: Pick<Parts, 'unsure'>,
  ) {}

  /**
   * The call that a token proves.
   * @throws ProblemError 401 for a token that is malformed, forged or expired, or of another kind;
   * 503 if its key may be one that is not here yet
   */
  async callOf(token: string): Promise<AppCall> {
    const key = await this.key(keyIdIn(token));
    if (!key) return this.refuseUnknown('unknown signing key of the token');
    try {
      const { payload } = await jwtVerify(token, await importJWK({ ...key }, signedBy), {
        ...{ typ: callerTokenType, algorithms: [signedBy], requiredClaims: ['exp', 'iat', 'jti'] },
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(this.clock.now()),
      });
      const { aud: appId, sub: pseudonym, subscription: subscriptionId, scopes } = claims.parse(payload);
      return { appId, subscriptionId, pseudonym, scopes };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw unauthenticated('the token is expired');
      if (error instanceof errors.JOSEError || error instanceof z.ZodError)
        throw unauthenticated('the token is not that of a call to an app');
      throw error;
    }
  }

  /**
   * Refuses a token about something that is unknown here.
   * @throws ProblemError 503 if it may exist all the same, else 401
   */
  async refuseUnknown(detail: string): Promise<never> {
    const doubt = await this.doubts.unsure();
    throw doubt === undefined ? unauthenticated(detail) : unavailable(`the token can't be checked now: ${doubt}`);
  }

  /** A key that has not ended: each one does a while after the next one has begun to sign. */
  private async key(keyId: string): Promise<TokenKey | undefined> {
    const rows = await this.source.query<{ readonly publicKey: TokenKey }[]>(
      `select public_key as "publicKey" from caller_keys key
       where key_id = $1 and not exists (
         select from caller_keys later where later.signs_from > key.signs_from and later.former_until <= $2)`,
      [keyId, this.clock.now()],
    );
    return rows[0]?.publicKey;
  }
}

/** Thumbprint of a key, by which tokens name it. */
const thumbprint = /^[\w-]{43}$/;

/** Id of the key in a token that nothing has checked yet. @throws ProblemError 401 */
function keyIdIn(token: string): string {
  try {
    const { kid } = decodeProtectedHeader(token);
    if (typeof kid === 'string' && thumbprint.test(kid)) return kid;
  } catch (error) {
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
  }
  throw unauthenticated('the token is malformed');
}

import {
  AppCreated,
  AppReinstated,
  type AppRegistryEvent,
  AppSubscribed,
  AppSuspended,
  AppUnsubscribed,
  CallerKeyPublished,
  ConsentSet,
  instantOf,
  type TokenKey,
  VersionPublished,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import { newId, poolOf } from '@tokengrid/service';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { DataSource } from 'typeorm';
import { apps } from '../callers/apps.projection.ts';
import { callerKeys } from '../callers/caller-keys.projection.ts';
import type { RunningIdentity } from './run-identity.ts';

const longAgo = '2026-01-01T00:00:00.000Z';

/** An app of a spec. */
export interface SpecApp {
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
}

/** A subscription of a spec. */
export interface SpecSubscription {
  readonly subscriptionId: string;
  readonly app: SpecApp;
  readonly partyId: string;
}

/** A key of the gateway's. */
interface GatewayKey {
  readonly keyId: string;
  readonly publicKey: TokenKey;
  readonly privateKey: CryptoKey;
}

type Said = Extract<AppRegistryEvent, { readonly type: keyof typeof apps.on }>;

/** The app registry and the gateway, as identity hears them: a spec plays them. */
export class MarketOfSpecs {
  private constructor(
    private readonly identity: RunningIdentity,
    /** Signs who calls. */
    readonly key: GatewayKey,
  ) {}

  static async of(identity: RunningIdentity): Promise<MarketOfSpecs> {
    const market = new MarketOfSpecs(identity, await newKey());
    // No key of a spec follows it, and it ends none.
    await market.publishKey(market.key, Date.parse('9000-01-01T00:00:00.000Z'));
    return market;
  }

  /** The gateway states a key. @param signsFrom epoch milliseconds */
  async publishKey({ keyId, publicKey }: GatewayKey, signsFrom: number, overlapMs = 900_000): Promise<void> {
    const times = { signsFrom: instantOf(signsFrom), formerUntil: instantOf(signsFrom + overlapMs) };
    const { data } = CallerKeyPublished({ keyId, publicKey, ...times });
    await callerKeys.flush(this.sql, [data], 0);
  }

  /** Publishes an app that needs scopes. */
  async app(developerId: string, scopes: readonly string[]): Promise<SpecApp> {
    const app = { appId: newId('app'), slug: `spec-${newId('s').slice(-20)}`, developerId };
    await this.say(AppCreated({ ...app, name: 'Spec' }));
    await this.publish(app, 1, scopes);
    return app;
  }

  publish(app: SpecApp, version: number, scopes: readonly string[], effectiveFrom = longAgo): Promise<void> {
    const manifest = {
      ...{ endpoint: 'https://app.example', description: 'a spec', scopes: [...scopes], dataUse: [], meters: [] },
      ...{ plans: [{ id: 'basic', name: 'Basic', prices: [] }], revenueShare: { operatorBps: 0 } },
    };
    return this.say(
      VersionPublished({ ...app, version, name: 'Spec', effectiveFrom, subscriptionsFrom: null, manifest }),
    );
  }

  withdraw(app: SpecApp, version: number): Promise<void> {
    return this.say(VersionWithdrawn({ ...app, version }));
  }

  suspend(app: SpecApp): Promise<void> {
    return this.say(AppSuspended(app));
  }

  reinstate(app: SpecApp): Promise<void> {
    return this.say(AppReinstated(app));
  }

  async subscribe(app: SpecApp, partyId: string, scopes: readonly string[]): Promise<SpecSubscription> {
    const subscriptionId = newId('sbn');
    const terms = { version: 1, planId: 'basic', from: longAgo, consent: { scopes: [...scopes], dataUse: [] } };
    await this.say(AppSubscribed({ subscriptionId, ...app, partyId, ...terms }));
    return { subscriptionId, app, partyId };
  }

  consent({ subscriptionId, app: { appId, slug }, partyId }: SpecSubscription, scopes: string[]): Promise<void> {
    return this.say(ConsentSet({ subscriptionId, appId, slug, partyId, scopes, dataUse: [] }));
  }

  unsubscribe({ subscriptionId, app: { appId, slug }, partyId }: SpecSubscription): Promise<void> {
    return this.say(AppUnsubscribed({ subscriptionId, appId, slug, partyId, until: instantOf(Date.now()) }));
  }

  /**
   * The token of a call, as the gateway signs it.
   * @param said claims instead of the usual ones
   */
  token(
    { subscriptionId, app }: SpecSubscription,
    said: object = {},
    { key = this.key, header = {} }: { readonly key?: GatewayKey; readonly header?: object } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims: object = {
      ...{ iss: 'https://ai.operator.example', aud: app.appId, sub: 'psn_spec', jti: newId('req') },
      ...{ iat: now, exp: now + 60, app: app.slug, subscription: subscriptionId, plan: 'basic' },
      ...{ scopes: ['profile', 'phone'], ...said },
    };
    const usual = { alg: 'ES256', typ: 'caller+jwt', kid: key.keyId };
    return new SignJWT(claims as JWTPayload).setProtectedHeader({ ...usual, ...header }).sign(key.privateKey);
  }

  /** The registry says something, and identity has it. */
  private async say(event: Said): Promise<void> {
    const batch = apps.begin();
    const take = apps.on[event.type] as (batch: object, event: object) => void;
    take(batch, event);
    await apps.flush(this.sql, batch, 0);
  }

  private get sql(): never {
    return poolOf(this.identity.instance(DataSource)) as never;
  }
}

/** A key that the gateway could have. */
export async function newKey(): Promise<GatewayKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const { x = '', y = '' } = await exportJWK(publicKey);
  return { keyId: await calculateJwkThumbprint(publicKey), publicKey: { kty: 'EC', crv: 'P-256', x, y }, privateKey };
}

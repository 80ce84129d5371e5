import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandIdOf, systemActor } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { IdentityConfig } from '../config.ts';
import { publishSigningKey } from '../decisions/signing-keys/publish-signing-key.ts';
import { type SigningKey, signingKeysStreamId } from '../decisions/state/signing-keys.ts';
import { SealedSigningKeys } from '../key-store/sealed-signing-keys.ts';
import { SigningKeys } from '../streams/signing-keys.ts';
import { issuerOf } from './issuer.ts';

/** A published key with its private part. */
export interface HeldKey extends SigningKey {
  readonly privateKey: JWK;
}

/** Pause before the next look while no key signs: at start the store may not take commands yet. */
const retryMs = 500;

/** Tolerated difference of clocks, beyond the life of a key's last token. */
const toleranceMs = 60_000;

/**
 * Keys that sign access tokens: published by schedule before they sign, and destroyed after their
 * last token has ended. All processes of identity agree on them by the key store and the log.
 */
@Injectable()
export class SigningKeyring implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly issuer: string;
  private held: readonly HeldKey[] = [];
  private readonly looking: Repeating;

  constructor(
    private readonly keys: SigningKeys,
    private readonly sealed: SealedSigningKeys,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: IdentityConfig,
    @Inject(serviceLog) log: Logger,
  ) {
    this.issuer = issuerOf(config);
    this.looking = new Repeating(
      async () => {
        await this.look();
        return this.current().length > 0 ? config.signingKeyLookMs : retryMs;
      },
      retryMs,
      (error) => log.warn({ err: error }, 'signing keys could not be looked at; the next look retries'),
    );
  }

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looking.stop();
  }

  /** Keys whose tokens are accepted, or soon will be: the one that signs now first. */
  current(): readonly HeldKey[] {
    const now = this.clock.now();
    const signing = this.held.findLast((key) => signsAt(key, now));
    return signing ? [signing, ...this.held.filter((key) => key !== signing && key.expiresAt > now)] : [];
  }

  /** Publishes the next key where it is due, and takes the keys that are published. */
  async look(): Promise<void> {
    await this.take();
    const now = this.clock.now();
    if (this.held.some(({ signsUntil }) => signsUntil > now + this.leadMs)) return;
    await this.publish(!this.held.some((key) => signsAt(key, now)));
    await this.take();
  }

  /** A lead longer than half a period would publish key after key. */
  private get leadMs(): number {
    return Math.min(this.config.signingKeyLeadMs, this.config.signingKeyPeriodMs / 2);
  }

  private async take(): Promise<void> {
    const { latest } = await this.keys.load(signingKeysStreamId);
    const now = this.clock.now();
    await this.sealed.destroy(latest.filter(({ expiresAt }) => expiresAt <= now).map(({ keyId }) => keyId));
    const ours = latest.filter(({ issuer, expiresAt }) => issuer === this.issuer && expiresAt > now);
    const opened = await this.sealed.open(ours.map(({ keyId }) => keyId));
    this.held = ours.flatMap((key) => {
      const privateKey = opened.get(key.keyId);
      return privateKey ? [{ ...key, privateKey }] : [];
    });
  }

  private async publish(isUrgent: boolean): Promise<void> {
    const { count } = await this.keys.load(signingKeysStreamId);
    const settled = await this.sealed.settle(count + 1);
    // The same id in all processes: the first one publishes the key.
    const id = commandIdOf('identity', 'PUBLISH', signingKeysStreamId, String(count + 1));
    const { accessTokenSeconds, signingKeyPeriodMs: periodMs } = this.config;
    const tokensMs = accessTokenSeconds * 1000 + toleranceMs;
    const data = { ...settled, issuer: this.issuer, periodMs, tokensMs, isUrgent };
    const actor = systemActor('signing-keyring');
    await this.keys.handle(publishSigningKey, { id, streamId: signingKeysStreamId, data, correlationId: id, actor });
  }
}

const signsAt = ({ signsFrom, signsUntil }: SigningKey, time: number): boolean =>
  signsFrom <= time && time < signsUntil;

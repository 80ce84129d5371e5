import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { IdentityConfig } from '../config.ts';
import { IssuedSecrets } from './issued-secrets.ts';

/** Destroys expired sealed secrets, at start and every `secretSweepMs`. */
@Injectable()
export class SecretSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps: Repeating;

  constructor(
    @Inject(serviceConfig) { secretSweepMs }: Pick<IdentityConfig, 'secretSweepMs'>,
    @Inject(serviceLog) log: Logger,
    secrets: IssuedSecrets,
  ) {
    this.sweeps = new Repeating(
      () => secrets.destroyExpired(),
      secretSweepMs,
      (error) => log.warn({ err: error }, 'expired sealed secrets could not be destroyed; the next sweep retries'),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeps.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.sweeps.stop();
  }
}

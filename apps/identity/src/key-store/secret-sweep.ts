import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { IdentityConfig } from '../config.ts';
import { IssuedSecrets } from './issued-secrets.ts';

/** Destroys expired sealed secrets, at start and every `secretSweepMs`. */
@Injectable()
export class SecretSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(serviceConfig) private readonly config: IdentityConfig,
    @Inject(serviceLog) private readonly log: Logger,
    private readonly secrets: IssuedSecrets,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), this.config.secretSweepMs);
    void this.sweep();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    try {
      await this.secrets.destroyExpired();
    } catch (error) {
      this.log.warn({ err: error }, 'expired sealed secrets could not be destroyed; the next sweep retries');
    }
  }
}

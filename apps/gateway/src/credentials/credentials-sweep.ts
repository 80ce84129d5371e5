import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { KeyStore } from './key-store.ts';

const sweepMs = 60_000;

/** Destroys credentials that were replaced, once they stand in no more. */
@Injectable()
export class CredentialsSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly keyStore: KeyStore,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweep();
    }, sweepMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    try {
      await this.keyStore.destroyFormer(this.clock.now());
    } catch (error) {
      this.log.warn({ err: error }, 'replaced credentials could not be destroyed; the next sweep retries');
    }
  }
}

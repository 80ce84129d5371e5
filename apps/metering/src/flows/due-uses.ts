import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { Recycling } from './recycling.ts';

const everyMs = 2000;

/**
 * Rates uses whose time's prices were not all known when they were reported, once they are, in
 * whichever process: the same uses make the same commands.
 */
@Injectable()
export class DueUses implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly recycling: Recycling,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.again();
  }

  onApplicationShutdown(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private again(): void {
    if (!this.closed) this.timer = setTimeout(() => void this.release(), everyMs);
  }

  private async release(): Promise<void> {
    try {
      await this.recycling.releaseDue();
    } catch (error) {
      this.log.warn({ err: error }, 'uses that wait for prices could not be looked at; the next look retries');
    }
    this.again();
  }
}

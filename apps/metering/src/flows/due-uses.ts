import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { Recycling } from './recycling.ts';

const everyMs = 2000;

/**
 * Rates uses whose time's prices were not all known when they were reported, once they are, in
 * whichever process: the same uses make the same commands.
 */
@Injectable()
export class DueUses implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new Repeating(
    () => this.recycling.releaseDue(),
    everyMs,
    (error) => this.log.warn({ err: error }, 'uses that wait for prices could not be looked at; the next look retries'),
  );

  constructor(
    private readonly recycling: Recycling,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.looks.startLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }
}

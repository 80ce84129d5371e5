import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { KeptAnswers } from './kept-answers.ts';
import { Replays } from './replays.ts';

const sweepEveryMs = 10_000;

/** Deletes answers that were kept for their time, a batch at a time. */
@Injectable()
export class ReplaySweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeping: Repeating;

  constructor(kept: KeptAnswers, replays: Replays, @Inject(serviceLog) log: Logger) {
    const work = async () => {
      await replays.forgetAll();
      return (await kept.sweep()) ? 0 : sweepEveryMs;
    };
    const failed = (error: unknown) =>
      log.warn({ err: error }, 'kept answers could not be deleted; the next sweep retries');
    this.sweeping = new Repeating(work, sweepEveryMs, failed);
  }

  onApplicationBootstrap(): void {
    this.sweeping.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sweeping.stop();
  }
}

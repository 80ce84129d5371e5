import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { UsageAlerts } from './usage-alerts.ts';

const tickMs = 1000;
/** Rest after a look, in times of its duration: looks take a quarter of one connection at most. */
const restTimes = 3;

/** Looks for alerts on usage to raise, in every process: what another one looked at is not due. */
@Injectable()
export class UsageAlertsClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly alerts: UsageAlerts,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.again(tickMs);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private again(ms: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.tick();
    }, ms);
  }

  private async tick(): Promise<void> {
    const from = performance.now();
    let isMore = false;
    try {
      isMore = await this.alerts.look();
    } catch (error) {
      this.log.warn({ err: error }, 'usage was not looked at for alerts; the next tick retries');
    }
    const took = performance.now() - from;
    this.again(isMore ? took : Math.max(tickMs, restTimes * took));
  }
}

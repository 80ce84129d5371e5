import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EventStore } from '@tokengrid/event-store';
import { type NextRun, Repeating, Rest, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { UsageAlerts } from './usage-alerts.ts';

const tickMs = 1000;
/** Rest after a look, in times of its duration: looks take a quarter of one connection at most. */
const restTimes = 3;

/** Looks for alerts on usage to raise, in every process: what another one looked at is not due. */
@Injectable()
export class UsageAlertsClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new Repeating(
    () => this.look(),
    tickMs,
    (error) => this.log.warn({ err: error }, 'usage was not looked at for alerts; the next tick retries'),
  );
  private readonly rest: Rest;

  constructor(
    private readonly alerts: UsageAlerts,
    @Inject(EventStore) store: Pick<EventStore, 'knownEvents'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    this.rest = new Rest(store);
  }

  onApplicationBootstrap(): void {
    this.looks.startLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }

  private async look(): Promise<NextRun> {
    const from = performance.now();
    let isMore = false;
    await this.rest.unlessResting(async () => !(isMore = await this.alerts.look()));
    const took = performance.now() - from;
    if (isMore) return took;
    return restTimes * took > tickMs ? restTimes * took : undefined;
  }
}

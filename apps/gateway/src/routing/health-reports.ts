import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { storableText, systemActor } from '@tokengrid/contracts';
import { serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.ts';
import { stateHealth } from '../decisions/offers/state-health.ts';
import { offerStreamOf } from '../decisions/state/offer.ts';
import { Offers } from '../streams/offers.ts';
import type { Breaker } from './breaker.ts';
import type { HealthChange } from './offers-health.ts';

/** Most characters of a process' name in events. */
const mostNameCharacters = 120;

/** An offer whose health was stated, or is to be. */
interface Reported {
  /** State that was stated last. */
  stated: Breaker['state'];
  /** State now. */
  breaker: Breaker;
  timer: NodeJS.Timeout | undefined;
}

/**
 * States breakers that open and close as events: at most one a minute of each offer, so that one
 * which opens and closes all the time fills no log. What it is at the end of the minute is stated,
 * if it is not what was stated before.
 */
@Injectable()
export class HealthReports implements OnApplicationShutdown {
  private readonly reported = new Map<string, Reported>();
  private readonly instance: string;
  private readonly everyMs: number;

  constructor(
    private readonly offers: Offers,
    @Inject(serviceConfig)
    { serviceInstance, healthEventsEveryMs }: Pick<GatewayConfig, 'serviceInstance' | 'healthEventsEveryMs'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    this.instance = storableText(mostNameCharacters, serviceInstance);
    this.everyMs = healthEventsEveryMs;
  }

  /** Takes the change of a breaker; states it at once unless something was stated of it before. */
  changed({ offerId, before, after }: HealthChange): void {
    const reported = this.reported.get(offerId) ?? { stated: before.state, breaker: before, timer: undefined };
    reported.breaker = after;
    this.reported.set(offerId, reported);
    if (reported.timer === undefined) this.state(offerId, reported);
  }

  onApplicationShutdown(): void {
    for (const { timer } of this.reported.values()) clearTimeout(timer);
    this.reported.clear();
  }

  private state(offerId: string, reported: Reported): void {
    if (reported.stated === reported.breaker.state) {
      this.reported.delete(offerId);
      return;
    }
    reported.stated = reported.breaker.state;
    reported.timer = setTimeout(() => this.state(offerId, reported), this.everyMs).unref();
    void this.store(offerId, reported.breaker);
  }

  /** An event that can't be stored is lost: the next one tells how the offer is then. */
  private async store(modelId: string, breaker: Breaker): Promise<void> {
    const tripped =
      breaker.state === 'open'
        ? { why: breaker.why, forMs: Math.max(0, Math.ceil(breaker.until - performance.now())) }
        : undefined;
    const data = { modelId, instance: this.instance, ...(tripped && { tripped }) };
    this.log.info({ offer: modelId, ...tripped }, tripped ? 'offer tripped' : 'offer recovered');
    try {
      const actor = systemActor('health-reports');
      const correlationId = `health-${modelId}`;
      const command = { id: randomUUID(), streamId: offerStreamOf(modelId), data, correlationId, actor };
      await this.offers.handle(stateHealth, command);
    } catch (error) {
      this.log.warn({ err: error, offer: modelId }, 'the health of an offer could not be stated');
    }
  }
}

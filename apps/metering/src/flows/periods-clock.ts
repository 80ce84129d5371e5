import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandIdOf, systemActor } from '@tokengrid/contracts';
import { type Command, StorageClock } from '@tokengrid/event-store';
import { NotYet } from '@tokengrid/kernel';
import { Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { MeteringConfig } from '../config.ts';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { closePeriod, type ClosePeriod, closingUse } from '../decisions/usage/close-period.ts';
import { KnownUses } from '../projections/known-uses.ts';
import { type Facts, subscriptionKey } from '../rate-card/facts.ts';
import { endedPeriods } from '../rate-card/ended-periods.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { type MinimumSubscription, MinimumSubscriptions } from '../rate-card/minimum-subscriptions.ts';
import { Payers } from '../streams/payers.ts';

const tickMs = 1000;
/** Subscriptions that one tick looks at; the next one goes on behind them. */
const mostAtOnce = 200;
/** Time between two rounds through all subscriptions. */
const roundMs = 30_000;

/**
 * Closes the periods of subscriptions whose plans have a minimum charge, once they are over and
 * uses that are late by less than `PERIOD_LATENESS_MS` are in. It may run in several processes,
 * late, or twice: a period has one command, and the decision tells whether it is due.
 */
@Injectable()
export class PeriodsClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticks = new Repeating(
    async () => ((await this.closeSome()) ? tickMs : roundMs),
    tickMs,
    (error) => this.log.warn({ err: error }, 'periods could not be closed; the next tick retries'),
  );
  private after: MinimumSubscription | undefined;

  constructor(
    private readonly subscriptions: MinimumSubscriptions,
    private readonly rateCard: RateCard,
    private readonly known: KnownUses,
    private readonly payers: Payers,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly settings: Pick<MeteringConfig, 'periodLatenessMs'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.ticks.startLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.ticks.stop();
  }

  /**
   * Closes what is due of the next subscriptions.
   * @returns whether there are more of them in this round
   */
  async closeSome(): Promise<boolean> {
    const now = this.clock.now();
    const page = await this.subscriptions.after(this.after, mostAtOnce);
    if (page.length > 0) await this.closeDue(page, now - this.settings.periodLatenessMs);
    this.after = page.length === mostAtOnce ? page.at(-1) : undefined;
    return this.after !== undefined;
  }

  private async closeDue(page: readonly MinimumSubscription[], endedBy: number): Promise<void> {
    const facts = await this.rateCard.factsAbout(page.map(({ partyId, slug: app }) => ({ partyId, app })));
    const due = page.flatMap((each) => this.periodsOf(each, facts, endedBy));
    const uses = due.map((period) => ({ partyId: period.partyId, period, use: closingUse(period.plan) }));
    const closed = await this.known.among(uses);
    const open = uses.filter(({ use }) => !closed.has(use.usageId));
    await Promise.all(open.map(({ period }) => this.close(period)));
  }

  private periodsOf({ slug, partyId, subscriptionId }: MinimumSubscription, facts: Facts, by: number): ClosePeriod[] {
    const app = facts.apps.get(slug);
    const subscription = facts.subscriptions
      .get(subscriptionKey(slug, partyId))
      ?.find((each) => each.subscriptionId === subscriptionId);
    if (!app || !subscription) return [];
    return endedPeriods(slug, app, subscription, Math.min(by, facts.pricesKnownUntil)).map(
      ({ plan, minimum, until }) => ({
        ...{ partyId, app: slug, plan, minimum, memberOf: facts.sharedWallets?.get(partyId), key: subscription.key },
        dueAt: until + this.settings.periodLatenessMs,
      }),
    );
  }

  private async close(data: ClosePeriod): Promise<void> {
    const { subscriptionId, from } = data.plan.period;
    const id = commandIdOf('close-period', subscriptionId, from);
    const streamId = payerStreamOf(data.partyId);
    const actor = systemActor('periods-clock', data.partyId);
    const command: Command<ClosePeriod> = { id, streamId, data, correlationId: id, actor };
    try {
      await this.payers.handle(closePeriod, command);
    } catch (error) {
      // The lane's clock is behind: the next round comes.
      if (error instanceof NotYet) return;
      this.log.warn({ err: error, subscriptionId, from }, 'a period could not be closed; the next round retries');
    }
  }
}

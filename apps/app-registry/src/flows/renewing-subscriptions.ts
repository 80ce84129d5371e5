import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandIdOf, systemActor } from '@tokengrid/contracts';
import { type Command, StorageClock } from '@tokengrid/event-store';
import { Repeating, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { subscriptionStreamId } from '../decisions/state/subscription.ts';
import { endUnpaid } from '../decisions/subscriptions/end-unpaid.ts';
import { renewSubscription } from '../decisions/subscriptions/renew-subscription.ts';
import { type DueSubscription, DueSubscriptions } from '../projections/due-subscriptions.ts';
import { Subscriptions } from '../streams/subscriptions.ts';

const everyMs = 2000;
const pageRows = 500;

/**
 * States fees when they are due, and ends subscriptions whose fees stay unpaid, in whichever
 * process: what is due at a time is one command.
 */
@Injectable()
export class RenewingSubscriptions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new Repeating(
    () => this.renewDue(),
    everyMs,
    (error) => this.log.warn({ err: error }, 'subscriptions could not be renewed; the next look retries'),
  );

  constructor(
    private readonly due: DueSubscriptions,
    private readonly subscriptions: Subscriptions,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.looks.startLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }

  /** Does all that is due by now. */
  async renewDue(): Promise<void> {
    for (let after = ''; ;) {
      const now = this.clock.now();
      const page = await this.due.dueAt(now, after, pageRows);
      await Promise.all(page.map((each) => this.renew(each, now)));
      if (page.length < pageRows) return;
      after = page.at(-1)!.subscriptionId;
    }
  }

  private async renew(due: DueSubscription, now: number): Promise<void> {
    const { subscriptionId, appId, partyId, graceUntil, fee } = due;
    const named = { subscriptionId, appId, partyId };
    if (graceUntil !== null) {
      if (graceUntil <= now) await this.subscriptions.handle(endUnpaid, commandFor('end', due, graceUntil, named));
    } else if (fee) {
      await this.subscriptions.handle(renewSubscription, commandFor('renew', due, fee.from, { ...named, ...fee }));
    }
  }
}

function commandFor<Data>(step: string, due: DueSubscription, at: number, data: Data): Command<Data> {
  const { subscriptionId, appId, partyId } = due;
  return {
    id: commandIdOf('subscription', step, subscriptionId, String(at)),
    streamId: subscriptionStreamId(appId, partyId),
    data,
    correlationId: randomUUID(),
    actor: systemActor('subscription-renewals', partyId),
  };
}

import { Injectable } from '@nestjs/common';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { notFound, type Principal, rowsAfter } from '@tokengrid/service';
import { DataSource, type Repository } from 'typeorm';
import { Subscriptions } from '../streams/subscriptions.ts';
import { SubscriptionRow } from './subscriptions.table.ts';

/**
 * Finds subscriptions for their parties, and all for the operator; for others they do not exist.
 */
@Injectable()
export class SubscriptionDirectory {
  private readonly subscriptions: Repository<SubscriptionRow>;

  constructor(
    source: DataSource,
    private readonly streams: Subscriptions,
  ) {
    this.subscriptions = source.getRepository(SubscriptionRow);
  }

  /** @throws ProblemError 404 */
  async subscription({ kind, partyId }: Principal, subscriptionId: string): Promise<SubscriptionRow> {
    const row = await this.subscriptions.findOneBy({
      lane: this.streams.laneOf(subscriptionId),
      subscriptionId,
    });
    if (!row || (kind !== 'operator' && row.partyId !== partyId)) {
      throw notFound(`no such subscription of yours: ${subscriptionId}`);
    }
    return row;
  }

  /**
   * The caller's subscriptions after the given one, the oldest first; all subscriptions for the
   * operator.
   */
  subscriptionsOf({ kind, partyId }: Principal, after: string, most: number): Promise<SubscriptionRow[]> {
    return rowsAfter(this.subscriptions.createQueryBuilder('subscription').comment(inAllLanes), {
      equal: { partyId: kind === 'operator' ? undefined : partyId },
      key: ['subscriptionId'],
      after: [after],
      most,
    });
  }

  /** Subscriptions to an app after the given one, the oldest first. */
  subscriptionsTo(appId: string, after: string, most: number): Promise<SubscriptionRow[]> {
    return rowsAfter(this.subscriptions.createQueryBuilder('subscription').comment(inAllLanes), {
      equal: { appId },
      key: ['subscriptionId'],
      after: [after],
      most,
    });
  }
}

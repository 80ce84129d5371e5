import { Column, Entity, PrimaryColumn } from 'typeorm';
import { optionalIntegerColumn, integerColumn } from '@tokengrid/service';

/** A party's subscription to an app, running or ended. */
@Entity('subscriptions')
export class SubscriptionRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'subscription_id', type: 'text' })
  subscriptionId!: string;

  @Column({ name: 'app_id', type: 'text' })
  appId!: string;

  @Column({ name: 'slug', type: 'text' })
  slug!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  /** Version of the app when the party subscribed. */
  @Column({ name: 'version', type: 'int' })
  version!: number;

  @Column({ name: 'plan_id', type: 'text' })
  planId!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('subscribed_at'))
  subscribedAt!: number;

  /** Epoch milliseconds; null while it runs. */
  @Column(optionalIntegerColumn('ended_at'))
  endedAt!: number | null;
}

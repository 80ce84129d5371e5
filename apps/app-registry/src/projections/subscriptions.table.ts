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

  /** Epoch milliseconds; null while no end is announced. */
  @Column(optionalIntegerColumn('ended_at'))
  endedAt!: number | null;

  /** Scopes granted to the app, and uses of data agreed to. */
  @Column({ name: 'consent', type: 'jsonb' })
  consent!: Consent;

  /** Epoch milliseconds. */
  @Column(integerColumn('next_fee_at'))
  nextFeeAt!: number;

  /** Use by which the last fee is charged. */
  @Column({ name: 'fee_usage_id', type: 'text', nullable: true })
  feeUsageId!: string | null;

  /** Epoch milliseconds by which a refused fee has to be paid. */
  @Column(optionalIntegerColumn('grace_until'))
  graceUntil!: number | null;
}

/** Consent of a subscriber. */
export interface Consent {
  readonly scopes: readonly string[];
  readonly dataUse: readonly string[];
}

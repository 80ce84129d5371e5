import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn, integerColumn, optionalIntegerColumn } from '@tokengrid/service';

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

  /** Epoch milliseconds by which a refused fee has to be paid. */
  @Column(optionalIntegerColumn('grace_until'))
  graceUntil!: number | null;

  /** Null for a plan without seats. */
  @Column({ name: 'seats', type: 'int', nullable: true })
  seats!: number | null;

  /** What was paid and not used up, µAIT. */
  @Column(amountColumn('credit'))
  credit!: bigint;
}

/** Consent of a subscriber. */
export interface Consent {
  readonly scopes: readonly string[];
  readonly dataUse: readonly string[];
}

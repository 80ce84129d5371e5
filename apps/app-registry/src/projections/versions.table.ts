import type { ManifestFault } from '@tokengrid/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { optionalIntegerColumn, integerColumn } from '@tokengrid/service';
import type { VersionStatus } from '../decisions/state/app.ts';

/** A version of an app. */
@Entity('versions')
export class VersionRow {
  @PrimaryColumn({ name: 'app_id', type: 'text' })
  appId!: string;

  @PrimaryColumn({ name: 'version', type: 'int' })
  version!: number;

  @Column({ name: 'status', type: 'text' })
  status!: VersionStatus;

  /** In the API's form: amounts are strings. */
  @Column({ name: 'manifest', type: 'json' })
  manifest!: unknown;

  /** Faults for which the automatic checks rejected it. */
  @Column({ name: 'faults', type: 'jsonb', nullable: true })
  faults!: ManifestFault[] | null;

  /** Reasons for which the operator rejected it. */
  @Column({ name: 'reasons', type: 'jsonb', nullable: true })
  reasons!: string[] | null;

  /** Epoch milliseconds. */
  @Column(integerColumn('drafted_at'))
  draftedAt!: number;

  /** Epoch milliseconds, by the lane's clock; null until it is published. */
  @Column(optionalIntegerColumn('published_at'))
  publishedAt!: number | null;

  /** Epoch milliseconds; null until it is published. */
  @Column(optionalIntegerColumn('effective_from'))
  effectiveFrom!: number | null;

  /**
   * Epoch milliseconds from which earlier subscriptions have its terms; null: never, or not yet
   * published.
   */
  @Column(optionalIntegerColumn('subscriptions_from'))
  subscriptionsFrom!: number | null;

  /** Epoch milliseconds; null unless it was deprecated. */
  @Column(optionalIntegerColumn('deprecated_at'))
  deprecatedAt!: number | null;
}

import type { Units } from '@tokengrid/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn, integerColumn } from '@tokengrid/service';

/** Status of a charge: unanswered, paid, or not covered by the wallet. */
export type ChargeStatus = 'rated' | 'billed' | 'uncollected';

/** A rated use. */
@Entity('charges')
export class ChargeRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  @Column({ name: 'charge_id', type: 'text' })
  chargeId!: string;

  @Column({ name: 'source', type: 'text' })
  source!: string;

  @Column({ name: 'event_id', type: 'text' })
  eventId!: string;

  @Column({ name: 'reported_by', type: 'text' })
  reportedBy!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'app', type: 'text', nullable: true })
  app!: string | null;

  @Column({ name: 'model', type: 'text', nullable: true })
  model!: string | null;

  /** Seller of the app. */
  @Column({ name: 'developer_id', type: 'text', nullable: true })
  developerId!: string | null;

  /** Provider of the model. */
  @Column({ name: 'provider_id', type: 'text', nullable: true })
  providerId!: string | null;

  @Column({ name: 'units', type: 'jsonb' })
  units!: Units;

  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @Column({ name: 'price_version', type: 'text' })
  priceVersion!: string;

  @Column({ name: 'status', type: 'text' })
  status!: ChargeStatus;

  @Column(integerColumn('used_at'))
  usedAt!: number;
}

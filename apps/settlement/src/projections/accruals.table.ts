import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { amountColumn, integerColumn } from '@tokengrid/service';

/** A billed use, in the period to which it was accrued. */
@Entity('accrued_uses')
export class AccruedUseRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  @Column({ name: 'charge_id', type: 'text' })
  chargeId!: string;

  @Column(integerColumn('used_at'))
  usedAt!: number;

  @Column({ name: 'late_for', type: 'text', nullable: true })
  lateFor!: string | null;

  /** Tokens that the payer paid. */
  @Column(amountColumn('tokens'))
  tokens!: bigint;
}

/** A party's share of a billed use. */
@Entity('accruals')
export class AccrualRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  @PrimaryColumn({ name: 'role', type: 'text' })
  role!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'period', type: 'text' })
  period!: string;

  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @ManyToOne(() => AccruedUseRow, { createForeignKeyConstraints: false })
  @JoinColumn([
    { name: 'lane', referencedColumnName: 'lane' },
    { name: 'usage_id', referencedColumnName: 'usageId' },
  ])
  use!: AccruedUseRow;
}

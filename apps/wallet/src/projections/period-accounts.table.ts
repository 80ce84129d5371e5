import type { LotTerms } from '@tokengrid/contracts';
import { amountColumn, integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A subscription's period of which a wallet has charged something, or refused it. */
@Entity('period_accounts')
export class PeriodAccountRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  /** Subscription and start. */
  @PrimaryColumn({ name: 'period', type: 'text' })
  period!: string;

  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** Sequence of the last event about it in the lane. */
  @Column(integerColumn('sequence'))
  sequence!: number;
}

/** Tokens of a lot that were charged in a period on one day, less what went back. */
@Entity('period_lots')
export class PeriodLotRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'period', type: 'text' })
  period!: string;

  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @PrimaryColumn({ name: 'day', type: 'text' })
  day!: string;

  /** Members whose caps were charged, separated by spaces. */
  @PrimaryColumn({ name: 'members', type: 'text' })
  members!: string;

  @PrimaryColumn({ name: 'lot_id', type: 'text' })
  lotId!: string;

  /** Sequence of the first event that took of the lot. */
  @Column(integerColumn('since'))
  since!: number;

  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @Column({ name: 'terms', type: 'jsonb' })
  terms!: LotTerms;
}

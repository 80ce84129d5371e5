import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn } from '@tokengrid/service';

/**
 * Turnover of an account in one asset, by the events of one lane. Its balance is credited minus
 * debited. The wallets of a lane share one account of each kind, `wallet:*:available`; single
 * balances are in `wallets`.
 */
@Entity('lane_accounts')
export class LaneAccountRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'account', type: 'text' })
  account!: string;

  @PrimaryColumn({ name: 'asset', type: 'text' })
  asset!: string;

  @Column(amountColumn('credited'))
  credited!: bigint;

  @Column(amountColumn('debited'))
  debited!: bigint;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn } from '@tokengrid/service';

/**
 * The turnover of an account in one asset, by the events of one lane. Its balance is what was credited minus what was debited. The wallets of a
 * lane are one account each of theirs together, `wallet:*:available`: what a single one holds is in `wallets`.
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

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn } from '@tokengrid/service';

/** One account's turnover in one asset. Its balance is what was credited minus what was debited. */
@Entity('ledger_accounts')
export class LedgerAccount {
  @PrimaryColumn({ name: 'account', type: 'text' })
  account!: string;

  @PrimaryColumn({ name: 'asset', type: 'text' })
  asset!: string;

  @Column(amountColumn('credited'))
  credited!: bigint;

  @Column(amountColumn('debited'))
  debited!: bigint;
}

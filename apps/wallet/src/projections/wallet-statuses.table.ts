import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';
import type { WalletRow } from './wallets.table.ts';

/** Status of a wallet from a time on: at any time, the last one before holds. */
@Entity('wallet_statuses')
export class WalletStatusRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @PrimaryColumn(integerColumn('sequence'))
  sequence!: number;

  /** Epoch milliseconds. */
  @Column(integerColumn('time'))
  time!: number;

  @Column({ name: 'status', type: 'text' })
  status!: WalletRow['status'];
}

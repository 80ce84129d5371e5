import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { WalletStatus } from '@tokengrid/contracts';
import { amountColumn, integerColumn } from '@tokengrid/service';

/** Current balance of a wallet, and the last event that changed it. */
@Entity('wallets')
export class WalletRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'status', type: 'text' })
  status!: WalletStatus;

  @Column(amountColumn('available'))
  available!: bigint;

  @Column(amountColumn('held'))
  held!: bigint;

  /** µAIT owed for reversed purchases. */
  @Column(amountColumn('debt'))
  debt!: bigint;

  @Column(integerColumn('sequence'))
  sequence!: number;
}

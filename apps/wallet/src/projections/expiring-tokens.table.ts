import { amountColumn, integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Available tokens of a wallet that expire at a time. A row without tokens is deleted. */
@Entity('expiring_tokens')
export class ExpiringTokensRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** Epoch milliseconds. */
  @PrimaryColumn(integerColumn('expires_at'))
  expiresAt!: number;

  @Column(amountColumn('tokens'))
  tokens!: bigint;
}

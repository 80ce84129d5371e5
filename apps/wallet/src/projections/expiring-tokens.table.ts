import { amountColumn, integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a wallet can spend and will lose at a time, unless it is spent before. Nothing once that is none. */
@Entity('expiring_tokens')
export class ExpiringTokensRow {
  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** Epoch milliseconds. */
  @PrimaryColumn(integerColumn('expires_at'))
  expiresAt!: number;

  @Column(amountColumn('tokens'))
  tokens!: bigint;
}

import { amountColumn, integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type HoldStatus = 'open' | 'captured' | 'released' | 'expired';

/** One hold, open or resolved. */
@Entity('holds')
export class HoldRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'hold_id', type: 'text' })
  holdId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @Column({ name: 'status', type: 'text' })
  status!: HoldStatus;

  /** µAIT still under it. */
  @Column(amountColumn('tokens'))
  tokens!: bigint;

  /** µAIT captured so far, including those beyond the hold. */
  @Column(amountColumn('captured'))
  captured!: bigint;

  /** µAIT that captures requested and did not get. */
  @Column(amountColumn('shortfall'))
  shortfall!: bigint;

  /** The members under whose caps it is. */
  @Column({ name: 'member_ids', type: 'text', array: true })
  memberIds!: readonly string[];

  @Column({ name: 'reason', type: 'text' })
  reason!: string;

  /** Epoch milliseconds, as is `placedAt`. */
  @Column(integerColumn('expires_at'))
  expiresAt!: number;

  @Column(integerColumn('placed_at'))
  placedAt!: number;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn, integerColumn } from '@tokengrid/service';

/** Types of entries. */
export const entryTypes = [
  'purchase',
  'sale',
  'transfer-out',
  'transfer-in',
  'transfer-returned',
  'grant',
  'charge',
  'refund',
  'earnings',
  'expiry',
  'voucher',
  'voucher-returned',
  'voucher-refund',
  'hold',
  'capture',
  'release',
  'hold-expiry',
  'reversal',
  'restoration',
  'debt-payment',
] as const;
export type EntryType = (typeof entryTypes)[number];

/**
 * One line of a wallet's statement. A wallet's lane never changes, so its entries are ordered by
 * sequence.
 */
@Entity('entries')
export class EntryRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @PrimaryColumn(integerColumn('sequence'))
  sequence!: number;

  @Column({ name: 'type', type: 'text' })
  type!: EntryType;

  /** Signed: positive for a credit. */
  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @Column(amountColumn('balance_after'))
  balanceAfter!: bigint;

  /** Signed: positive if set aside, negative if captured or returned. */
  @Column(amountColumn('held'))
  held!: bigint;

  @Column(amountColumn('held_after'))
  heldAfter!: bigint;

  /** µAIT owed after it. */
  @Column(amountColumn('debt_after'))
  debtAfter!: bigint;

  /** Epoch milliseconds. */
  @Column(integerColumn('time'))
  time!: number;

  /**
   * Id of the purchase, sale, transfer, grant, statement, hold or capture, of a charge that of the
   * event that rated its uses; null for an expiry.
   */
  @Column({ name: 'reference', type: 'text', nullable: true })
  reference!: string | null;

  /** The other wallet of a transfer. */
  @Column({ name: 'other_wallet_id', type: 'text', nullable: true })
  otherWalletId!: string | null;

  @Column({ name: 'memo', type: 'text', nullable: true })
  memo!: string | null;

  /** Number of uses of a charge; null for other entries. */
  @Column({ name: 'uses', type: 'int', nullable: true })
  uses!: number | null;
}

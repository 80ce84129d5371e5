import { amountColumn, integerColumn, optionalIntegerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A purchase and what has become of it. Those that were refused are not here: they never were one. */
@Entity('purchases')
export class PurchaseRow {
  @PrimaryColumn({ name: 'purchase_id', type: 'text' })
  purchaseId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @Column({ name: 'method', type: 'text' })
  method!: 'carrier-bill' | 'payment-provider';

  @Column({ name: 'currency', type: 'text' })
  currency!: string;

  /** Minor units of the currency. */
  @Column(amountColumn('amount'))
  amount!: bigint;

  @Column({ name: 'status', type: 'text' })
  status!: 'pending' | 'completed' | 'failed';

  /** The provider's own id of the payment. */
  @Column({ name: 'payment_id', type: 'text', nullable: true })
  paymentId!: string | null;

  @Column({ name: 'payment_url', type: 'text', nullable: true })
  paymentUrl!: string | null;

  @Column({ name: 'failure_code', type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ name: 'failure_reason', type: 'text', nullable: true })
  failureReason!: string | null;

  /** Epoch milliseconds. */
  @Column(integerColumn('created_at'))
  createdAt!: number;

  /** Epoch milliseconds; null while it is pending. */
  @Column(optionalIntegerColumn('resolved_at'))
  resolvedAt!: number | null;
}

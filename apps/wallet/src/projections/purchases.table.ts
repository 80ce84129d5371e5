import { amountColumn, integerColumn, optionalIntegerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A purchase, its outcome and its money. Refused purchases are not stored. */
@Entity('purchases')
export class PurchaseRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'purchase_id', type: 'text' })
  purchaseId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** µAIT ordered. */
  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @Column({ name: 'method', type: 'text' })
  method!: 'carrier-bill' | 'payment-provider';

  @Column({ name: 'currency', type: 'text' })
  currency!: string;

  /** Their price in minor units of the currency. */
  @Column(amountColumn('amount'))
  amount!: bigint;

  @Column({ name: 'price_version', type: 'int' })
  priceVersion!: number;

  /** Epoch milliseconds, like `expiresAt`; null for a purchase that was never pending. */
  @Column(optionalIntegerColumn('price_holds_until'))
  priceHoldsUntil!: number | null;

  @Column(optionalIntegerColumn('expires_at'))
  expiresAt!: number | null;

  @Column({ name: 'status', type: 'text' })
  status!: 'pending' | 'completed' | 'failed' | 'expired' | 'cancelled';

  /** Id of the payment at the provider, from the answer to the request. */
  @Column({ name: 'payment_id', type: 'text', nullable: true })
  paymentId!: string | null;

  @Column({ name: 'payment_url', type: 'text', nullable: true })
  paymentUrl!: string | null;

  @Column({ name: 'failure_code', type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ name: 'failure_reason', type: 'text', nullable: true })
  failureReason!: string | null;

  /** Minor units paid; 0 until then. */
  @Column(amountColumn('paid'))
  paid!: bigint;

  /** Id of the payment at the provider, from the notice of the payment, if it had one. */
  @Column({ name: 'paid_by', type: 'text', nullable: true })
  paidBy!: string | null;

  /** µAIT issued for it. */
  @Column(amountColumn('credited'))
  credited!: bigint;

  /** Minor units that the provider reported as refunded, disputed, and won back. */
  @Column(amountColumn('refunded'))
  refunded!: bigint;

  @Column(amountColumn('disputed'))
  disputed!: bigint;

  @Column(amountColumn('won'))
  won!: bigint;

  /** Minor units of the payment that went back, and the µAIT taken back or owed for them. */
  @Column(amountColumn('reversed'))
  reversed!: bigint;

  @Column(amountColumn('taken_back'))
  takenBack!: bigint;

  /** Number of its changes: the sum over a wallet equals the counter in its state. */
  @Column({ name: 'changes', type: 'int' })
  changes!: number;

  /** Causing event of its start, the correlation, and the actor. */
  @Column({ name: 'causation_id', type: 'text' })
  causationId!: string;

  @Column({ name: 'correlation_id', type: 'text' })
  correlationId!: string;

  @Column({ name: 'actor', type: 'text' })
  actor!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('created_at'))
  createdAt!: number;

  /** Epoch milliseconds; null while it is pending. */
  @Column(optionalIntegerColumn('resolved_at'))
  resolvedAt!: number | null;
}

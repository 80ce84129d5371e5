import { amountColumn, integerColumn, optionalIntegerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A purchase and what has become of it and its money. Those that were refused are not here: they never were one. */
@Entity('purchases')
export class PurchaseRow {
  @PrimaryColumn({ name: 'purchase_id', type: 'text' })
  purchaseId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** µAIT that were ordered. */
  @Column(amountColumn('tokens'))
  tokens!: bigint;

  @Column({ name: 'method', type: 'text' })
  method!: 'carrier-bill' | 'payment-provider';

  @Column({ name: 'currency', type: 'text' })
  currency!: string;

  /** What they cost, in minor units of the currency. */
  @Column(amountColumn('amount'))
  amount!: bigint;

  @Column({ name: 'price_version', type: 'int' })
  priceVersion!: number;

  /** Epoch milliseconds, as is `expiresAt`; null where nothing had to be waited for. */
  @Column(optionalIntegerColumn('price_holds_until'))
  priceHoldsUntil!: number | null;

  @Column(optionalIntegerColumn('expires_at'))
  expiresAt!: number | null;

  @Column({ name: 'status', type: 'text' })
  status!: 'pending' | 'completed' | 'failed' | 'expired' | 'cancelled';

  /** The provider's own id of the payment, as it said when it was asked for it. */
  @Column({ name: 'payment_id', type: 'text', nullable: true })
  paymentId!: string | null;

  @Column({ name: 'payment_url', type: 'text', nullable: true })
  paymentUrl!: string | null;

  @Column({ name: 'failure_code', type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ name: 'failure_reason', type: 'text', nullable: true })
  failureReason!: string | null;

  /** Minor units that were paid; 0 until they are. */
  @Column(amountColumn('paid'))
  paid!: bigint;

  /** The provider's own id of the payment that it was paid by, if it said one then. */
  @Column({ name: 'paid_by', type: 'text', nullable: true })
  paidBy!: string | null;

  /** µAIT that were issued for it. */
  @Column(amountColumn('credited'))
  credited!: bigint;

  /** Minor units that the provider said were refunded, disputed, and won back. */
  @Column(amountColumn('refunded'))
  refunded!: bigint;

  @Column(amountColumn('disputed'))
  disputed!: bigint;

  @Column(amountColumn('won'))
  won!: bigint;

  /** Minor units that went back of what was paid, and the µAIT that were taken back or are owed for them. */
  @Column(amountColumn('reversed'))
  reversed!: bigint;

  @Column(amountColumn('taken_back'))
  takenBack!: bigint;

  /** How often it changed: all of a wallet's together are what its state counts. */
  @Column({ name: 'changes', type: 'int' })
  changes!: number;

  /** The event that it began with, and what that belongs to. */
  @Column({ name: 'causation_id', type: 'text' })
  causationId!: string;

  @Column({ name: 'correlation_id', type: 'text' })
  correlationId!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('created_at'))
  createdAt!: number;

  /** Epoch milliseconds; null while it is pending. */
  @Column(optionalIntegerColumn('resolved_at'))
  resolvedAt!: number | null;
}

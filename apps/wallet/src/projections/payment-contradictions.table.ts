import type { ContradictionAction, PaymentNoticeKind } from '@tokengrid/contracts';
import { amountColumn, integerColumn, optionalIntegerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export const contradictionStatuses = ['open', 'awaiting-approval', 'resolved'] as const;
export type ContradictionStatus = (typeof contradictionStatuses)[number];

/** A payment notice that contradicts its purchase, and its resolution by the operator. */
@Entity('payment_contradictions')
export class PaymentContradictionRow {
  @PrimaryColumn({ name: 'notice_id', type: 'text' })
  noticeId!: string;

  @Column({ name: 'purchase_id', type: 'text' })
  purchaseId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: PaymentNoticeKind;

  @Column({ name: 'currency', type: 'text' })
  currency!: string;

  /** Minor units stated by the notice. */
  @Column(amountColumn('amount'))
  amount!: bigint;

  /** Id of the payment at the provider, if the notice has one. */
  @Column({ name: 'payment_id', type: 'text', nullable: true })
  paymentId!: string | null;

  @Column({ name: 'code', type: 'text' })
  code!: string;

  /** Time of arrival; epoch milliseconds. */
  @Column(integerColumn('time'))
  time!: number;

  @Column({ name: 'status', type: 'text' })
  status!: ContradictionStatus;

  /** Approval of its resolution; null without a proposal. */
  @Column({ name: 'approval_id', type: 'text', nullable: true })
  approvalId!: string | null;

  @Column({ name: 'action', type: 'text', nullable: true })
  action!: ContradictionAction | null;

  @Column({ name: 'note', type: 'text', nullable: true })
  note!: string | null;

  /** Epoch milliseconds; null while it is open. */
  @Column(optionalIntegerColumn('resolved_at'))
  resolvedAt!: number | null;
}

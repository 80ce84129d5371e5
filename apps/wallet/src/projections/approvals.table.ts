import { integerColumn, optionalIntegerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export const approvalStatuses = ['awaiting-approval', 'approved', 'rejected'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

export const approvalKinds = [
  'grant',
  'voucher',
  'plan',
  'token-price',
  'market-policy',
  'payment-contradiction',
] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** What one person of the operator's proposed, and what a second one made of it. */
@Entity('approvals')
export class ApprovalRow {
  @PrimaryColumn({ name: 'approval_id', type: 'text' })
  approvalId!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: ApprovalKind;

  /** Whose it would be; null for what is nobody's. */
  @Column({ name: 'wallet_id', type: 'text', nullable: true })
  walletId!: string | null;

  /** What exactly was proposed, as on the wire. */
  @Column({ name: 'proposal', type: 'jsonb' })
  proposal!: unknown;

  @Column({ name: 'status', type: 'text' })
  status!: ApprovalStatus;

  /** The id of the operator's key, as is `decidedBy`. */
  @Column({ name: 'proposed_by', type: 'text' })
  proposedBy!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('proposed_at'))
  proposedAt!: number;

  @Column({ name: 'decided_by', type: 'text', nullable: true })
  decidedBy!: string | null;

  /** Epoch milliseconds; null while it waits. */
  @Column(optionalIntegerColumn('decided_at'))
  decidedAt!: number | null;

  /** Why it was rejected, if that was said. */
  @Column({ name: 'reason', type: 'text', nullable: true })
  reason!: string | null;
}

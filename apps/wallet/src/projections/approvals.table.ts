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

/** A proposal of one person of the operator, and its resolution by a second one. */
@Entity('approvals')
export class ApprovalRow {
  @PrimaryColumn({ name: 'approval_id', type: 'text' })
  approvalId!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: ApprovalKind;

  /** Wallet of the proposal; null for one without a wallet. */
  @Column({ name: 'wallet_id', type: 'text', nullable: true })
  walletId!: string | null;

  /** Content of the proposal, as on the wire. */
  @Column({ name: 'proposal', type: 'jsonb' })
  proposal!: unknown;

  @Column({ name: 'status', type: 'text' })
  status!: ApprovalStatus;

  /** Id of the operator's key, like `decidedBy`. */
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

  /** Reason of the rejection, if given. */
  @Column({ name: 'reason', type: 'text', nullable: true })
  reason!: string | null;
}

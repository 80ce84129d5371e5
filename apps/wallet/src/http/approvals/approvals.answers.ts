import type { WalletEvent } from '@tokengrid/contracts';
import { type Answer, type Answers, pageOf, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { approvalKinds, type ApprovalStatus, approvalStatuses } from '../../projections/approvals.table.ts';

const status = (value: ApprovalStatus) => z.literal(value);

export const AwaitingApprovalAnswer = z
  .strictObject({
    approvalId: z.string(),
    status: status('awaiting-approval').meta({
      description: 'to be approved with another key of the operator: POST /v1/approvals/{approvalId}/approve',
    }),
  })
  .meta({ id: 'AwaitingApproval' });

export const ApprovedAnswer = z
  .strictObject({ approvalId: z.string(), status: status('approved') })
  .meta({ id: 'Approved' });

export const RejectedAnswer = z
  .strictObject({ approvalId: z.string(), status: status('rejected'), reason: z.string().optional() })
  .meta({ id: 'Rejected' });

interface Approval {
  readonly approvalId: string;
}

const approved = ({ data: { approvalId } }: { readonly data: Approval }): Answer => ({
  status: 200,
  body: { approvalId, status: 'approved' },
});

interface Rejection {
  readonly data: Approval & { readonly reason?: string | undefined };
}

const rejected = ({ data: { approvalId, reason } }: Rejection): Answer => ({
  status: 200,
  body: { approvalId, status: 'rejected', reason },
});

const keyId = z.string().meta({ description: 'the id of one of the operator’s keys', example: 'bootstrap' });

export const ApprovalAnswer = z
  .strictObject({
    approvalId: z.string(),
    kind: z.enum(approvalKinds),
    walletId: z.string().optional().meta({ description: 'party of a grant; a price and a policy have none' }),
    proposal: z
      .record(z.string(), z.unknown())
      .meta({ description: 'proposal in full: tokens and terms of a grant, a price, or a market policy' }),
    status: z.enum(approvalStatuses),
    proposedBy: keyId,
    proposedAt: z.string(),
    decidedBy: keyId.optional(),
    decidedAt: z.string().optional(),
    reason: z.string().optional().meta({ description: 'reasons of the rejection' }),
  })
  .meta({ id: 'Approval' });

export const ApprovalsAnswer = pageOf(ApprovalAnswer).meta({ id: 'Approvals' });

/** Answers of proposals and their resolution. */
export const approvalAnswers = {
  GrantProposed: ({ data: { approvalId, grant } }) => ({
    // With the status of the command itself: a plan is put, the others are created.
    status: grant.kind === 'plan' ? 200 : 201,
    body: { approvalId, status: 'awaiting-approval' },
  }),
  GrantApproved: approved,
  GrantRejected: rejected,
  GrantApprovalRefused: refusalOf,
  ContradictionResolutionProposed: ({ data: { approvalId } }) => ({
    status: 200,
    body: { approvalId, status: 'awaiting-approval' },
  }),
  ContradictionResolutionApproved: approved,
  ContradictionResolutionRejected: rejected,
  ContradictionResolutionRefused: refusalOf,
  TokenPriceProposed: ({ data: { approvalId } }) => ({
    status: 200,
    body: { approvalId, status: 'awaiting-approval' },
  }),
  MarketPolicyProposed: ({ data: { approvalId } }) => ({
    status: 200,
    body: { approvalId, status: 'awaiting-approval' },
  }),
  MarketPolicyApproved: approved,
  MarketPolicyRejected: rejected,
  MarketPolicyApprovalRefused: refusalOf,
  TokenPriceApproved: approved,
  TokenPriceRejected: rejected,
  TokenPriceApprovalRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;

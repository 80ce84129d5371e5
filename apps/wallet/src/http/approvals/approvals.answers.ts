import type { ApprovalStatus } from '../../projections/approvals.table.ts';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Answer, type Answers, problem } from '@tokengrid/service';
import { z } from 'zod';
import { refusal } from '../refusal.ts';

const status = (value: ApprovalStatus) => z.literal(value);

export const AwaitingApprovalAnswer = z
  .strictObject({
    approvalId: z.string(),
    status: status('awaiting-approval').meta({
      description: 'another of the operator’s keys has to approve it: POST /v1/approvals/{approvalId}/approve',
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

const sentences: Readonly<Record<string, string>> = {
  'APPROVAL.RESOLVED': 'it was approved or rejected already',
  'APPROVAL.SAME_PRINCIPAL': 'who proposed it can neither approve nor reject it; another of the operator’s keys can',
  'APPROVAL.OUTDATED': 'what was proposed would have expired already; reject it',
  'APPROVAL.TOO_MANY': 'too many proposals wait; approve or reject some of them',
};

const refused = (event: Parameters<typeof refusal>[0]): Answer => {
  const sentence = sentences[event.data.code];
  return sentence === undefined ? refusal(event) : problem(409, event.data.code, sentence);
};

/** What waits for a second person, and what becomes of it. */
export const approvalAnswers = {
  GrantProposed: ({ data: { approvalId, grant } }) => ({
    // As what was asked for would have been answered: a plan is put, the others are made.
    status: grant.kind === 'plan' ? 200 : 201,
    body: { approvalId, status: 'awaiting-approval' },
  }),
  GrantApproved: approved,
  GrantRejected: rejected,
  GrantApprovalRefused: refused,
  ContradictionResolutionProposed: ({ data: { approvalId } }) => ({
    status: 200,
    body: { approvalId, status: 'awaiting-approval' },
  }),
  ContradictionResolutionApproved: approved,
  ContradictionResolutionRejected: rejected,
  ContradictionResolutionRefused: refused,
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
  MarketPolicyApprovalRefused: refused,
  TokenPriceApproved: approved,
  TokenPriceRejected: rejected,
  TokenPriceApprovalRefused: refused,
} satisfies Partial<Answers<WalletEvent>>;

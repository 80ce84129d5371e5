import {
  type contradictionEvents,
  encodeData,
  type EventsOf,
  type grantApprovalEvents,
  type marketPolicyEvents,
  type tokenPriceEvents,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { ApprovalKind, ApprovalStatus } from './approvals.table.ts';

interface Proposed {
  readonly approvalId: string;
  readonly kind: ApprovalKind;
  readonly walletId: string | null;
  readonly proposal: unknown;
  readonly proposedBy: string;
  readonly proposedAt: number;
}

interface Decided {
  readonly approvalId: string;
  readonly status: ApprovalStatus;
  readonly decidedBy: string;
  readonly decidedAt: number;
  readonly reason: string | null;
}

interface Batch {
  readonly proposed: Proposed[];
  readonly decided: Decided[];
}

interface Proposal {
  readonly time: number;
  readonly data: {
    readonly approvalId: string;
    readonly by: string;
    readonly people: readonly string[];
    readonly walletId?: string;
  };
}

/**
 * Proposal without the fields of the row itself, and without the lineage of the proposer's key,
 * which only decisions need.
 */
const proposing =
  (kind: ApprovalKind) =>
  ({ proposed }: Batch, { time, data: { approvalId, by, people: _, walletId, ...proposal } }: Proposal) =>
    void proposed.push({ approvalId, kind, walletId: walletId ?? null, proposal, proposedBy: by, proposedAt: time });

interface Decision {
  readonly time: number;
  readonly data: { readonly approvalId: string; readonly by: string; readonly reason?: string | undefined };
}

const deciding =
  (status: ApprovalStatus) =>
  (batch: Batch, { time, data: { approvalId, by, reason } }: Decision) =>
    void batch.decided.push({ approvalId, status, decidedBy: by, decidedAt: time, reason: reason ?? null });

type ApprovalEvent = EventsOf<
  typeof grantApprovalEvents | typeof contradictionEvents | typeof tokenPriceEvents | typeof marketPolicyEvents
>;

/** All proposals and their content. */
export const approvals: Projection<ApprovalEvent, Batch> = {
  name: 'approvals',
  tables: ['approvals'],
  begin: () => ({ proposed: [], decided: [] }),
  on: {
    TokenPriceSet: 'ignored',
    TokenPriceWithdrawn: 'ignored',
    TokenPriceWithdrawalRefused: 'ignored',
    TokenPriceRefused: 'ignored',
    GrantProposed: ({ proposed }, { time, data: { approvalId, by, walletId, grant } }) => {
      const { kind, ...proposal } = grant;
      proposed.push({ approvalId, kind, walletId, proposal, proposedBy: by, proposedAt: time });
    },
    GrantApproved: deciding('approved'),
    GrantRejected: deciding('rejected'),
    GrantApprovalRefused: 'ignored',
    PaymentContradicted: 'ignored',
    PaymentContradictionResolved: 'ignored',
    ContradictionResolutionRefused: 'ignored',
    ContradictionResolutionProposed: proposing('payment-contradiction'),
    ContradictionResolutionApproved: deciding('approved'),
    ContradictionResolutionRejected: deciding('rejected'),
    TokenPriceProposed: proposing('token-price'),
    MarketPolicySet: 'ignored',
    MarketPolicyProposed: proposing('market-policy'),
    MarketPolicyApproved: deciding('approved'),
    MarketPolicyRejected: deciding('rejected'),
    MarketPolicyApprovalRefused: 'ignored',
    TokenPriceApproved: deciding('approved'),
    TokenPriceRejected: deciding('rejected'),
    TokenPriceApprovalRefused: 'ignored',
  },
  async flush(sql, { proposed, decided }) {
    if (proposed.length > 0) await insert(sql, proposed);
    if (decided.length > 0) await update(sql, decided);
  },
};

async function insert(sql: SqlWriter, proposed: readonly Proposed[]) {
  await sql.query(
    `insert into approvals (approval_id, kind, wallet_id, proposal, status, proposed_by, proposed_at)
     select approval_id, kind, wallet_id, proposal, 'awaiting-approval', proposed_by, proposed_at
     from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::bigint[])
       proposed (approval_id, kind, wallet_id, proposal, proposed_by, proposed_at)`,
    [
      proposed.map(({ approvalId }) => approvalId),
      proposed.map(({ kind }) => kind),
      proposed.map(({ walletId }) => walletId),
      proposed.map(({ proposal }) => encodeData(proposal).toString()),
      proposed.map(({ proposedBy }) => proposedBy),
      proposed.map(({ proposedAt }) => proposedAt),
    ],
  );
}

async function update(sql: SqlWriter, decided: readonly Decided[]) {
  await sql.query(
    `update approvals set
       status = decided.status, decided_by = decided.decided_by, decided_at = decided.decided_at, reason = decided.reason
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
       decided (approval_id, status, decided_by, decided_at, reason)
     where approvals.approval_id = decided.approval_id`,
    [
      decided.map(({ approvalId }) => approvalId),
      decided.map(({ status }) => status),
      decided.map(({ decidedBy }) => decidedBy),
      decided.map(({ decidedAt }) => decidedAt),
      decided.map(({ reason }) => reason),
    ],
  );
}

import type {
  ContradictionAction,
  contradictionEvents,
  EventOf,
  EventsOf,
  PaymentContradicted,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import type { ContradictionStatus } from './payment-contradictions.table.ts';

/** Status of a notice, whatever earlier events in the batch stated. */
interface ContradictionState {
  readonly status: ContradictionStatus;
  readonly approvalId: string | null;
  readonly action: ContradictionAction | null;
  readonly note: string | null;
  readonly resolvedAt: number | null;
}

interface Batch {
  readonly came: Recorded<EventOf<typeof PaymentContradicted>>[];
  /** Key of the notice: its own id, or that of its approval. */
  readonly changes: {
    readonly noticeId: string | null;
    readonly waitsFor: string | null;
    readonly becomes: ContradictionState;
  }[];
}

const isOpen: ContradictionState = { status: 'open', approvalId: null, action: null, note: null, resolvedAt: null };

/** Payment contradictions, for the operator to check. */
export const paymentContradictions: Projection<EventsOf<typeof contradictionEvents>, Batch> = {
  name: 'payment-contradictions',
  tables: ['payment_contradictions'],
  begin: () => ({ came: [], changes: [] }),
  on: {
    PaymentContradicted: ({ came }, event) => void came.push(event),
    ContradictionResolutionProposed: ({ changes }, { data: { noticeId, approvalId, action, note } }) => {
      const becomes = { status: 'awaiting-approval', approvalId, action, note, resolvedAt: null } as const;
      changes.push({ noticeId, waitsFor: null, becomes });
    },
    ContradictionResolutionApproved: 'ignored',
    ContradictionResolutionRefused: 'ignored',
    ContradictionResolutionRejected: ({ changes }, { data: { approvalId } }) =>
      void changes.push({ noticeId: null, waitsFor: approvalId, becomes: isOpen }),
    PaymentContradictionResolved: ({ changes }, { time, data: { noticeId, action, note } }) => {
      const becomes = { status: 'resolved', approvalId: null, action, note, resolvedAt: time } as const;
      changes.push({ noticeId, waitsFor: null, becomes });
    },
  },
  async flush(sql, { came, changes }) {
    if (came.length > 0) await insert(sql, came);
    // One after another: they are few, and the last one counts.
    for (const { noticeId, waitsFor, becomes } of changes) {
      const { status, approvalId, action, note, resolvedAt } = becomes;
      await sql.query(
        `update payment_contradictions set status = $3, action = $5, note = $6, resolved_at = $7,
           approval_id = case when $3 = 'resolved' then approval_id else $4 end
         where notice_id = $1 or approval_id = $2`,
        [noticeId, waitsFor, status, approvalId, action, note, resolvedAt],
      );
    }
  },
};

async function insert(sql: SqlWriter, came: Batch['came']): Promise<void> {
  await sql.query(
    `insert into payment_contradictions
       (notice_id, purchase_id, wallet_id, kind, currency, amount, payment_id, code, time, status)
     select *, 'open' from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::text[],
       $8::text[], $9::bigint[])
     on conflict (notice_id) do nothing`,
    [
      came.map(({ data }) => data.noticeId),
      came.map(({ data }) => data.purchaseId),
      came.map(({ data }) => data.walletId),
      came.map(({ data }) => data.kind),
      came.map(({ data }) => data.paid.currency),
      came.map(({ data }) => data.paid.amount.toString()),
      came.map(({ data }) => data.paymentId ?? null),
      came.map(({ data }) => data.code),
      came.map(({ time }) => time),
    ],
  );
}

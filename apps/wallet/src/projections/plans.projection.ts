import type { EventsOf, grantEvents, planEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

interface Terms {
  readonly planId: string;
  readonly tokens: bigint;
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
}

/** Changes of one wallet's plan in a batch, in this order. */
interface Change {
  readonly ended: boolean;
  readonly terms?: Terms;
  /** Epoch milliseconds. */
  readonly resetsAt?: number;
  /**
   * Time from which the current month's allotment can be granted, epoch milliseconds; null once
   * granted.
   */
  readonly renewAt?: number | null;
}

type Batch = Map<string, Change>;

function change(batch: Batch, walletId: string, more: Partial<Change>): void {
  batch.set(walletId, { ended: false, ...batch.get(walletId), ...more });
}

/** All plans with their next reset and due allotment, from which the clock finds due ones. */
export const plans: Projection<EventsOf<typeof planEvents | typeof grantEvents>, Batch> = {
  name: 'plans',
  tables: ['plans'],
  begin: () => new Map(),
  on: {
    PlanAssigned: (batch, { data: { walletId, planId, tokens, rolloverCap, transferable, resetsAt } }) =>
      change(batch, walletId, {
        terms: { planId, tokens, rolloverCap, transferable },
        resetsAt: Date.parse(resetsAt),
      }),
    PlanReset: (batch, { time, data: { walletId, resetsAt } }) =>
      change(batch, walletId, { resetsAt: Date.parse(resetsAt), renewAt: time }),
    TokensGranted: (batch, { data: { walletId, planId } }) => {
      if (planId !== undefined) change(batch, walletId, { renewAt: null });
    },
    PlanRenewalRefused: (batch, { data: { walletId, retryAt } }) =>
      change(batch, walletId, { renewAt: Date.parse(retryAt) }),
    PlanRefused: 'ignored',
    GrantRefused: 'ignored',
    PlanEnded: (batch, { data: { walletId } }) => void batch.set(walletId, { ended: true }),
  },
  async flush(sql, batch, lane) {
    const changes = [...batch];
    const ended = changes.filter(([, { ended }]) => ended).map(([walletId]) => walletId);
    if (ended.length > 0) {
      await sql.query('delete from plans where lane = $1 and wallet_id = any($2::text[])', [lane, ended]);
    }
    const assigned = changes.flatMap(([walletId, { terms, resetsAt }]) =>
      terms ? [{ walletId, ...terms, resetsAt: resetsAt! }] : [],
    );
    if (assigned.length > 0) await upsert(sql, lane, assigned);
    const renewed = changes.flatMap(([walletId, { resetsAt, renewAt }]) =>
      renewAt === undefined ? [] : [{ walletId, resetsAt: resetsAt ?? null, renewAt }],
    );
    if (renewed.length > 0) await renew(sql, lane, renewed);
  },
};

async function upsert(
  sql: SqlWriter,
  lane: number,
  assigned: readonly (Terms & { walletId: string; resetsAt: number })[],
) {
  await sql.query(
    `insert into plans (lane, wallet_id, plan_id, tokens, rollover_cap, transferable, resets_at)
     select $7::int, assigned.*
     from unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::boolean[], $6::bigint[]) assigned
     on conflict (lane, wallet_id) do update set
       tokens = excluded.tokens, rollover_cap = excluded.rollover_cap, transferable = excluded.transferable,
       resets_at = excluded.resets_at`,
    [
      assigned.map(({ walletId }) => walletId),
      assigned.map(({ planId }) => planId),
      assigned.map(({ tokens }) => tokens.toString()),
      assigned.map(({ rolloverCap }) => rolloverCap.toString()),
      assigned.map(({ transferable }) => transferable),
      assigned.map(({ resetsAt }) => resetsAt),
      lane,
    ],
  );
}

async function renew(
  sql: SqlWriter,
  lane: number,
  renewed: readonly { walletId: string; resetsAt: number | null; renewAt: number | null }[],
) {
  await sql.query(
    `update plans set resets_at = coalesce(change.resets_at, plans.resets_at), renew_at = change.renew_at
     from unnest($1::text[], $2::bigint[], $3::bigint[]) change (wallet_id, resets_at, renew_at)
     where plans.lane = $4 and plans.wallet_id = change.wallet_id`,
    [
      renewed.map(({ walletId }) => walletId),
      renewed.map(({ resetsAt }) => resetsAt),
      renewed.map(({ renewAt }) => renewAt),
      lane,
    ],
  );
}

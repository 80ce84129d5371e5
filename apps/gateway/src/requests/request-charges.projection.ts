import type { ChargedUse, EventOf, RefundedUse, RefusedUse, WalletCharged } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** What a batch changes of a request's charge. */
interface Change {
  readonly chargeId: string;
  /** µAIT taken; below 0 where more was given back. */
  readonly tokens: bigint;
  /** True if what it costs waits for tokens. */
  readonly waits: boolean;
}

/** What the wallet took for requests, and which of them wait for tokens. */
export const requestCharges: Projection<EventOf<typeof WalletCharged>, Map<string, Change>> = {
  name: 'request-charges',
  tables: ['request_charges'],
  streamsApart: true,
  begin: () => new Map(),
  on: {
    WalletCharged: (batch, { data: { uses, refused, refunded } }) => {
      for (const use of refused) change(batch, use, 0n, true);
      for (const use of uses) change(batch, use, use.tokens, false);
      for (const use of refunded) change(batch, use, -use.tokens, false);
    },
  },
  async flush(sql, batch, lane) {
    if (batch.size === 0) return;
    const changes = [...batch.values()];
    await sql.query(upsert, [
      lane,
      [...batch.keys()],
      changes.map(({ chargeId }) => chargeId),
      changes.map(({ tokens }) => tokens.toString()),
      changes.map(({ waits }) => waits),
    ]);
  },
};

/** Sources of uses that a process of the gateway served. */
const ofGateways = '/gateways/';

function change(
  batch: Map<string, Change>,
  { source, eventId, chargeId }: ChargedUse | RefusedUse | RefundedUse,
  tokens: bigint,
  waits: boolean,
): void {
  if (!source.startsWith(ofGateways)) return;
  const before = batch.get(eventId)?.tokens ?? 0n;
  batch.set(eventId, { chargeId, tokens: before + tokens, waits });
}

const columns = 'request_id, charge_id, tokens, waits';
const upsert = `
  insert into request_charges (lane, ${columns})
  select $1::int, ${columns} from unnest($2::text[], $3::text[], $4::numeric[], $5::boolean[]) charged (${columns})
  on conflict (lane, request_id) do update set tokens = request_charges.tokens + excluded.tokens, waits = excluded.waits`;

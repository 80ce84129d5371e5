import type { EventOf, MemberRemoved, MemberSet } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** Caps of a key in a wallet, as a batch leaves them. */
interface Caps {
  readonly walletId: string;
  readonly keyId: string;
  /** µAIT; absent: none. Absent all: it is no member, or one without caps. */
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  readonly total?: bigint | undefined;
}

/** Caps of API keys, which their holders are shown. */
export const keyCaps: Projection<EventOf<typeof MemberSet | typeof MemberRemoved>, Map<string, Caps>> = {
  name: 'key-caps',
  tables: ['key_caps'],
  streamsApart: true,
  begin: () => new Map(),
  on: {
    MemberSet: (batch, { data: { walletId, memberId: keyId, daily, monthly, total } }) =>
      note(batch, { walletId, keyId, daily, monthly, total }),
    MemberRemoved: (batch, { data: { walletId, memberId: keyId } }) => note(batch, { walletId, keyId }),
  },
  async flush(sql, batch) {
    if (batch.size === 0) return;
    const all = [...batch.values()];
    await sql.query(upsert, [
      all.map(({ walletId }) => walletId),
      all.map(({ keyId }) => keyId),
      all.map(({ daily }) => daily?.toString() ?? null),
      all.map(({ monthly }) => monthly?.toString() ?? null),
      all.map(({ total }) => total?.toString() ?? null),
    ]);
  },
};

/** Members that are parties have keys of their own. */
function note(batch: Map<string, Caps>, caps: Caps): void {
  if (caps.keyId.startsWith('key_')) batch.set(`${caps.walletId} ${caps.keyId}`, caps);
}

const upsert = `
  insert into key_caps (wallet_id, key_id, daily, monthly, total)
  select * from unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[])
  on conflict (wallet_id, key_id)
  do update set daily = excluded.daily, monthly = excluded.monthly, total = excluded.total`;

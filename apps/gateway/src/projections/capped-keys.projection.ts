import type { EventOf, MemberRemoved, MemberSet } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** A key in a wallet, as a batch leaves it. */
interface Capped {
  readonly walletId: string;
  readonly keyId: string;
  readonly hasCaps: boolean;
}

/** API keys that have caps of their own in a wallet: each has slices of its own. */
export const cappedKeys: Projection<EventOf<typeof MemberSet | typeof MemberRemoved>, Map<string, Capped>> = {
  name: 'capped-keys',
  tables: ['capped_keys'],
  streamsApart: true,
  begin: () => new Map(),
  on: {
    MemberSet: (batch, { data: { walletId, memberId, daily, monthly, total } }) =>
      note(batch, walletId, memberId, (daily ?? monthly ?? total) !== undefined),
    MemberRemoved: (batch, { data: { walletId, memberId } }) => note(batch, walletId, memberId, false),
  },
  async flush(sql, batch) {
    const those = (hasCaps: boolean) => {
      const found = [...batch.values()].filter((each) => each.hasCaps === hasCaps);
      return [found.map(({ walletId }) => walletId), found.map(({ keyId }) => keyId)];
    };
    if (batch.size === 0) return;
    await sql.query(
      `delete from capped_keys keys using unnest($1::text[], $2::text[]) gone (wallet_id, key_id)
       where keys.wallet_id = gone.wallet_id and keys.key_id = gone.key_id`,
      those(false),
    );
    await sql.query(
      'insert into capped_keys (wallet_id, key_id) select * from unnest($1::text[], $2::text[]) on conflict do nothing',
      those(true),
    );
  },
};

/** Members that are parties have slices of their own anyway: they are payers. */
function note(batch: Map<string, Capped>, walletId: string, keyId: string, hasCaps: boolean): void {
  if (keyId.startsWith('key_')) batch.set(`${walletId} ${keyId}`, { walletId, keyId, hasCaps });
}

import type { EventsOf, limitEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** Final state of one membership in a batch, with its start. */
interface Change {
  readonly walletId: string;
  readonly memberId: string;
  readonly since: number | null;
  /** True if it ended in the batch: the earlier membership is gone, even if a new one began. */
  readonly ended: boolean;
}

type Batch = Map<string, Change>;

const keyOf = (walletId: string, memberId: string) => `${walletId} ${memberId}`;

/** Members by wallet, by which a party reaches another's wallet. */
export const members: Projection<EventsOf<typeof limitEvents>, Batch> = {
  name: 'members',
  tables: ['members'],
  begin: () => new Map(),
  on: {
    MemberSet: (batch, { data: { walletId, memberId }, time }) => {
      const key = keyOf(walletId, memberId);
      const before = batch.get(key);
      const since = before?.since ?? time;
      batch.set(key, { walletId, memberId, since, ended: before?.ended ?? false });
    },
    MemberRemoved: (batch, { data: { walletId, memberId } }) => {
      batch.set(keyOf(walletId, memberId), { walletId, memberId, since: null, ended: true });
    },
    MemberRefused: 'ignored',
    MemberSuspended: 'ignored',
    MemberReinstated: 'ignored',
    SpendLimitsSet: 'ignored',
    SpendLimitsRefused: 'ignored',
    SpendAlertRaised: 'ignored',
  },
  async flush(sql, batch) {
    const ended = [...batch.values()].filter((change) => change.ended);
    const set = [...batch.values()].filter((change) => change.since !== null);
    if (ended.length > 0) {
      await sql.query(
        `delete from members using unnest($1::text[], $2::text[]) ended (wallet_id, member_id)
         where members.wallet_id = ended.wallet_id and members.member_id = ended.member_id`,
        [ended.map(({ walletId }) => walletId), ended.map(({ memberId }) => memberId)],
      );
    }
    if (set.length === 0) return;
    await sql.query(
      `insert into members (wallet_id, member_id, since)
       select * from unnest($1::text[], $2::text[], $3::bigint[])
       on conflict (wallet_id, member_id) do nothing`,
      [set.map(({ walletId }) => walletId), set.map(({ memberId }) => memberId), set.map(({ since }) => since)],
    );
  },
};

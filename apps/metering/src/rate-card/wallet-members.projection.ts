import type { EventOf, MemberRemoved, MemberSet } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** A membership as a batch leaves it. */
interface Membership {
  readonly walletId: string;
  readonly memberId: string;
  /** Time at which it began, epoch milliseconds; null where it ended. */
  readonly since: number | null;
  /** True if it ended in the batch: a later one began anew. */
  readonly ended: boolean;
}

/**
 * Parties that spend from others' wallets. Keys that are members of their own party's wallet are
 * not among them: their uses name them.
 */
export const walletMembers: Projection<EventOf<typeof MemberSet | typeof MemberRemoved>, Map<string, Membership>> = {
  name: 'wallet-members',
  tables: ['wallet_members'],
  streamsApart: true,
  begin: () => new Map(),
  on: {
    MemberSet: (batch, { data: { walletId, memberId }, time }) => {
      if (isKey(memberId)) return;
      const { since = null, ended = false } = batch.get(`${walletId} ${memberId}`) ?? {};
      batch.set(`${walletId} ${memberId}`, { walletId, memberId, since: since ?? time, ended });
    },
    MemberRemoved: (batch, { data: { walletId, memberId } }) => {
      if (isKey(memberId)) return;
      batch.set(`${walletId} ${memberId}`, { walletId, memberId, since: null, ended: true });
    },
  },
  async flush(sql, batch) {
    const ended = [...batch.values()].filter((membership) => membership.ended);
    const begun = [...batch.values()].filter(({ since }) => since !== null);
    if (ended.length > 0) await sql.query(remove, [ended.map(idOf), ended.map(({ memberId }) => memberId)]);
    if (begun.length === 0) return;
    await sql.query(add, [begun.map(idOf), begun.map(({ memberId }) => memberId), begun.map(({ since }) => since)]);
  },
};

const isKey = (memberId: string): boolean => memberId.startsWith('key_');
const idOf = ({ walletId }: Membership): string => walletId;

const remove = `
  delete from wallet_members members using unnest($1::text[], $2::text[]) ended (wallet_id, member_id)
  where members.wallet_id = ended.wallet_id and members.member_id = ended.member_id`;

/** A member whose caps change has been one since it joined. */
const add = `
  insert into wallet_members (wallet_id, member_id, since)
  select * from unnest($1::text[], $2::text[], $3::bigint[])
  on conflict (wallet_id, member_id) do nothing`;

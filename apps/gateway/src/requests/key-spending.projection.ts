import type {
  EventOf,
  HoldCaptured,
  LotTaken,
  MemberRemoved,
  TokensPurchased,
  TokensSent,
  TokensSold,
  TransferReturned,
  WalletCharged,
} from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** µAIT of a key in a wallet on a day of the operator's. */
interface DaySum {
  readonly walletId: string;
  readonly keyId: string;
  readonly day: string;
  tokens: bigint;
}

interface Batch {
  /** By wallet, key and day. */
  readonly spent: Map<string, DaySum>;
  readonly returned: Map<string, DaySum>;
  /** Keys whose caps were removed, by wallet and key: what they spend later counts anew. */
  readonly forgotten: Map<string, { readonly walletId: string; readonly keyId: string }>;
}

/** What counts against caps of keys, by day; the keys are an event's members. */
interface Counted {
  readonly walletId: string;
  readonly day: string;
  readonly memberIds?: readonly string[] | undefined;
  readonly tokens: bigint;
}

/** µAIT that keys with caps have spent, as their wallets count it: their holders see it. */
export const keySpending: Projection<
  EventOf<
    | typeof WalletCharged
    | typeof HoldCaptured
    | typeof TokensSent
    | typeof TransferReturned
    | typeof TokensPurchased
    | typeof TokensSold
    | typeof MemberRemoved
  >,
  Batch
> = {
  name: 'key-spending',
  tables: ['key_spending'],
  streamsApart: true,
  begin: () => ({ spent: new Map(), returned: new Map(), forgotten: new Map() }),
  on: {
    WalletCharged: ({ spent, returned }, { data: { walletId, day, uses, refunded } }) => {
      for (const { memberIds, tokens } of uses) count(spent, { walletId, day, memberIds, tokens });
      for (const back of refunded.flatMap((refund) => refund.returned)) {
        count(returned, { walletId, day: back.day, memberIds: back.memberIds, tokens: sumOf(back.lots) });
      }
    },
    HoldCaptured: ({ spent }, { data }) => count(spent, data),
    TokensSent: ({ spent }, { data }) => count(spent, data),
    TokensPurchased: ({ spent }, { data }) => count(spent, data),
    TokensSold: ({ spent }, { data }) => count(spent, data),
    TransferReturned: ({ returned }, { data }) => count(returned, { ...data, day: data.sentOn.day }),
    MemberRemoved: (batch, { data: { walletId, memberId } }) => forget(batch, walletId, memberId),
  },
  async flush(sql, { spent, returned, forgotten }, lane) {
    if (forgotten.size > 0) {
      const gone = [...forgotten.values()];
      await sql.query(deletion, [lane, gone.map(({ walletId }) => walletId), gone.map(({ keyId }) => keyId)]);
    }
    if (spent.size > 0) await sql.query(addition, [lane, ...columnsOf(spent)]);
    if (returned.size > 0) await sql.query(subtraction, [lane, ...columnsOf(returned)]);
  },
};

/** Members that are parties have keys of their own. */
const isKey = (memberId: string): boolean => memberId.startsWith('key_');

function count(sums: Map<string, DaySum>, { walletId, day, memberIds = [], tokens }: Counted): void {
  for (const keyId of memberIds.filter(isKey)) {
    const name = `${walletId} ${keyId} ${day}`;
    const sum = sums.get(name);
    if (sum) sum.tokens += tokens;
    else sums.set(name, { walletId, keyId, day, tokens });
  }
}

function forget({ spent, returned, forgotten }: Batch, walletId: string, keyId: string): void {
  if (!isKey(keyId)) return;
  const name = `${walletId} ${keyId}`;
  for (const sums of [spent, returned]) {
    for (const key of sums.keys()) if (key.startsWith(`${name} `)) sums.delete(key);
  }
  forgotten.set(name, { walletId, keyId });
}

const sumOf = (lots: readonly LotTaken[]): bigint => lots.reduce((sum, { tokens }) => sum + tokens, 0n);

function columnsOf(sums: ReadonlyMap<string, DaySum>): readonly string[][] {
  const all = [...sums.values()];
  return [
    all.map(({ walletId }) => walletId),
    all.map(({ keyId }) => keyId),
    all.map(({ day }) => day),
    all.map(({ tokens }) => tokens.toString()),
  ];
}

const columns = 'wallet_id, key_id, day, tokens';
const rows = `unnest($2::text[], $3::text[], $4::text[], $5::numeric[]) summed (${columns})`;
const addition = `
  insert into key_spending (lane, ${columns}) select $1::int, ${columns} from ${rows}
  on conflict (lane, wallet_id, key_id, day) do update set tokens = key_spending.tokens + excluded.tokens`;
/** What was spent before the key was forgotten has no row. */
const subtraction = `
  update key_spending set tokens = key_spending.tokens - summed.tokens from ${rows}
  where key_spending.lane = $1::int and key_spending.wallet_id = summed.wallet_id
    and key_spending.key_id = summed.key_id and key_spending.day = summed.day`;
const deletion = `
  delete from key_spending using unnest($2::text[], $3::text[]) gone (wallet_id, key_id)
  where key_spending.lane = $1::int and key_spending.wallet_id = gone.wallet_id
    and key_spending.key_id = gone.key_id`;

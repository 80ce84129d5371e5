import {
  type chargeEvents,
  encodeData,
  type EventOf,
  type EventsOf,
  type LotTaken,
  type LotTerms,
  type WalletCharged,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { periodNamed } from '../decisions/rules/period-account.ts';

interface Batch {
  /** By period and wallet: the last event about it. */
  readonly accounts: Map<string, { readonly period: string; readonly walletId: string; sequence: number }>;
  /** By period, wallet, day, members and lot: what was charged, less what went back. */
  readonly lots: Map<string, Growth>;
}

interface Growth {
  readonly period: string;
  readonly walletId: string;
  readonly day: string;
  readonly members: string;
  readonly lotId: string;
  readonly since: number;
  readonly terms: LotTerms;
  tokens: bigint;
}

type Charged = Recorded<EventOf<typeof WalletCharged>>;

function collect({ accounts, lots }: Batch, { sequence, data }: Charged): void {
  const { walletId, uses, refused, refunded, lotTerms } = data;
  const periods = new Set(
    [...uses, ...refused, ...refunded].flatMap(({ countsIn }) => (countsIn ? [periodNamed(countsIn)] : [])),
  );
  if (periods.size === 0) return;
  for (const period of periods) accounts.set(`${period} ${walletId}`, { period, walletId, sequence });
  const terms = new Map(lotTerms.map((each) => [each.lotId, each]));
  const grow = (
    period: string,
    day: string,
    memberIds: readonly string[] = [],
    taken: readonly LotTaken[],
    sign: bigint,
  ) => {
    const members = memberIds.join(' ');
    for (const { lotId, tokens } of taken) {
      const key = [period, walletId, day, members, lotId].join('|');
      const growth = lots.get(key);
      if (growth) growth.tokens += sign * tokens;
      else {
        const of = { period, walletId, day, members, lotId };
        lots.set(key, { ...of, since: sequence, terms: terms.get(lotId)!, tokens: sign * tokens });
      }
    }
  };
  for (const use of uses) if (use.countsIn) grow(periodNamed(use.countsIn), data.day, use.memberIds, use.lots, 1n);
  for (const { countsIn, returned } of refunded) {
    if (!countsIn) continue;
    for (const { day, memberIds, lots: back } of returned) grow(periodNamed(countsIn), day, memberIds, back, -1n);
  }
}

/**
 * What wallets charged for the uses of subscriptions' periods, by lot: a use that makes its period
 * cheaper gives that back. A period has a row for each day, members with caps, and lot.
 */
export const periodAccounts: Projection<EventsOf<typeof chargeEvents>, Batch> = {
  name: 'period-accounts',
  tables: ['period_accounts', 'period_lots'],
  begin: () => ({ accounts: new Map(), lots: new Map() }),
  on: { WalletCharged: collect },
  async flush(sql, { accounts, lots }, lane) {
    if (accounts.size === 0) return;
    await upsertAccounts(sql, lane, [...accounts.values()]);
    if (lots.size > 0) await addLots(sql, lane, [...lots.values()]);
  },
};

async function upsertAccounts(
  sql: SqlWriter,
  lane: number,
  accounts: readonly { readonly period: string; readonly walletId: string; readonly sequence: number }[],
): Promise<void> {
  await sql.query(
    `insert into period_accounts (lane, period, wallet_id, sequence)
     select $1::int, account.* from unnest($2::text[], $3::text[], $4::bigint[]) account
     on conflict (lane, period, wallet_id) do update set sequence = excluded.sequence`,
    [
      lane,
      accounts.map(({ period }) => period),
      accounts.map(({ walletId }) => walletId),
      accounts.map(({ sequence }) => sequence),
    ],
  );
}

async function addLots(sql: SqlWriter, lane: number, lots: readonly Growth[]): Promise<void> {
  await sql.query(
    `insert into period_lots (lane, period, wallet_id, day, members, lot_id, since, tokens, terms)
     select $1::int, period, wallet_id, day, members, lot_id, since, tokens, terms::jsonb from unnest(
       $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::numeric[], $9::text[]
     ) growth (period, wallet_id, day, members, lot_id, since, tokens, terms)
     on conflict (lane, period, wallet_id, day, members, lot_id)
       do update set tokens = period_lots.tokens + excluded.tokens`,
    [
      lane,
      lots.map(({ period }) => period),
      lots.map(({ walletId }) => walletId),
      lots.map(({ day }) => day),
      lots.map(({ members }) => members),
      lots.map(({ lotId }) => lotId),
      lots.map(({ since }) => since),
      lots.map(({ tokens }) => tokens.toString()),
      lots.map(({ terms }) => encodeData(terms).toString()),
    ],
  );
}

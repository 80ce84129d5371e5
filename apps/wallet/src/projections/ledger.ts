import { Injectable } from '@nestjs/common';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { tokenAsset } from '../decisions/rules/postings.ts';
import type { Turnover } from './ledger-snapshots.table.ts';

/**
 * Sum of an account in one asset: `lane:3:escrow` is one account, `wallet:*:available` are those of
 * all wallets.
 */
export interface AccountSum {
  readonly account: string;
  readonly asset: string;
  readonly credited: bigint;
  readonly debited: bigint;
  readonly balance: bigint;
}

/** Books of some lanes, each up to a sequence. */
export interface Books {
  readonly lanes: readonly { readonly lane: number; readonly sequence: number }[];
  readonly accounts: readonly AccountSum[];
}

/** Places of all tokens; µAIT. */
export interface TokenTotals {
  /** All tokens except issuance, redeemed and expired. */
  readonly outstanding: bigint;
  readonly issued: bigint;
  readonly redeemed: bigint;
  readonly expired: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly inTransit: bigint;
  readonly escrow: bigint;
  readonly fees: bigint;
  /** Debt of wallets for reversed purchases: a claim on tokens, not tokens. */
  readonly owed: bigint;
}

/** Current books. */
@Injectable()
export class Ledger {
  constructor(private readonly database: DataSource) {}

  /** Books of all lanes, or of one: one snapshot, in which each asset sums to zero. */
  async now(lane?: number): Promise<Books> {
    const [row] = await this.database.query<{ lanes: Books['lanes']; accounts: Turnover[] }[]>(
      `${acrossLanes} select
         (select jsonb_agg(jsonb_build_object('lane', lane, 'sequence', sequence) order by lane) from lanes
          where lane = $1 or $1 is null) as lanes,
         (select coalesce(jsonb_agg(jsonb_build_array(account, asset, credited::text, debited::text)), '[]') from lane_accounts
          where lane = $1 or $1 is null) as accounts`,
      [lane ?? null],
    );
    return { lanes: row!.lanes, accounts: sumsOf(row!.accounts) };
  }

  /** µAIT outstanding now. */
  async outstanding(): Promise<bigint> {
    return totalsOf((await this.now()).accounts).outstanding;
  }
}

/** Sums turnover by account and asset, in order of both. */
export function sumsOf(turnovers: Iterable<Turnover>): readonly AccountSum[] {
  const sums = new Map<string, { account: string; asset: string; credited: bigint; debited: bigint }>();
  for (const [account, asset, credited, debited] of turnovers) {
    const key = `${account} ${asset}`;
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = { account, asset, credited: 0n, debited: 0n }));
    sum.credited += BigInt(credited);
    sum.debited += BigInt(debited);
  }
  return [...sums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, sum]) => ({ ...sum, balance: sum.credited - sum.debited }));
}

const gone: readonly string[] = ['issuance', 'redeemed', 'expired'];

/** Sums the tokens by place. */
export function totalsOf(sums: readonly AccountSum[]): TokenTotals {
  const byKind = new Map<string, bigint>();
  let outstanding = 0n;
  for (const { account, asset, balance } of sums) {
    if (asset !== tokenAsset) continue;
    const kind = account.slice(account.lastIndexOf(':') + 1);
    byKind.set(kind, (byKind.get(kind) ?? 0n) + balance);
    if (!gone.includes(kind)) outstanding += balance;
  }
  const total = (kind: string) => byKind.get(kind) ?? 0n;
  return {
    outstanding,
    issued: -total('issuance'),
    redeemed: total('redeemed'),
    expired: total('expired'),
    available: total('available'),
    held: total('held'),
    inTransit: total('in-transit'),
    escrow: total('escrow'),
    fees: total('fees'),
    owed: total('debts'),
  };
}

/** Sum of each asset's accounts: zero, or the books are broken. */
export function imbalances(sums: readonly AccountSum[]): Readonly<Record<string, bigint>> {
  const byAsset: Record<string, bigint> = {};
  for (const { asset, balance } of sums) byAsset[asset] = (byAsset[asset] ?? 0n) + balance;
  return byAsset;
}

/**
 * True if issued = outstanding + redeemed + expired, and outstanding is the sum of its places.
 * Debts of wallets and claims of lanes cancel, so they are not outstanding.
 */
export function identityHolds(totals: TokenTotals): boolean {
  const { issued, outstanding, redeemed, expired, available, held, inTransit, escrow, fees } = totals;
  return issued === outstanding + redeemed + expired && outstanding === available + held + inTransit + escrow + fees;
}

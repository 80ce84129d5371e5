import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { tokenAsset } from '../decisions/postings.ts';
import { LedgerAccount } from './ledger-accounts.table.ts';

/** All accounts of one kind in one asset together: `lane:3:escrow` is one, `wallet:*:available` are all wallets'. */
export interface AccountSum {
  readonly account: string;
  readonly asset: string;
  readonly credited: bigint;
  readonly debited: bigint;
  readonly balance: bigint;
}

/** Where all tokens are; amounts in µAIT. */
export interface TokenTotals {
  /** −issuance − redeemed − expired; equal to what accounts of the kinds below hold. */
  readonly outstanding: bigint;
  readonly issued: bigint;
  readonly redeemed: bigint;
  readonly expired: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly inTransit: bigint;
  readonly escrow: bigint;
  readonly fees: bigint;
}

/** The books as they are now. */
@Injectable()
export class Ledger {
  constructor(private readonly database: DataSource) {}

  /** Every lane account, and the wallets' together: one snapshot, in which each asset sums to zero. */
  async sums(): Promise<readonly AccountSum[]> {
    const rows = await this.database
      .getRepository(LedgerAccount)
      .createQueryBuilder('account')
      .select(`regexp_replace(account.account, '^wallet:[^:]+:', 'wallet:*:')`, 'name')
      .addSelect('account.asset', 'asset')
      .addSelect('sum(account.credited)', 'credited')
      .addSelect('sum(account.debited)', 'debited')
      .groupBy('name')
      .addGroupBy('account.asset')
      .orderBy('name')
      .addOrderBy('account.asset')
      .getRawMany<{ name: string; asset: string; credited: string; debited: string }>();
    return rows.map(({ name, asset, ...turnover }) => {
      const [credited, debited] = [BigInt(turnover.credited), BigInt(turnover.debited)];
      return { account: name, asset, credited, debited, balance: credited - debited };
    });
  }

  /** µAIT outstanding now. */
  async outstanding(): Promise<bigint> {
    return totalsOf(await this.sums()).outstanding;
  }
}

/** Adds up where the tokens are. */
export function totalsOf(sums: readonly AccountSum[]): TokenTotals {
  const total = (kind: string) =>
    sums.reduce((sum, { account, asset, balance }) => {
      return asset === tokenAsset && account.endsWith(`:${kind}`) ? sum + balance : sum;
    }, 0n);
  const [issued, redeemed, expired] = [-total('issuance'), total('redeemed'), total('expired')];
  return {
    outstanding: issued - redeemed - expired,
    issued,
    redeemed,
    expired,
    available: total('available'),
    held: total('held'),
    inTransit: total('in-transit'),
    escrow: total('escrow'),
    fees: total('fees'),
  };
}

/** What each asset's accounts sum to: zero, or the books are broken. */
export function imbalances(sums: readonly AccountSum[]): Readonly<Record<string, bigint>> {
  const byAsset: Record<string, bigint> = {};
  for (const { asset, balance } of sums) byAsset[asset] = (byAsset[asset] ?? 0n) + balance;
  return byAsset;
}

import { Injectable } from '@nestjs/common';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';

/** Maximum number of wallets per look. */
const mostAtOnce = 1000;

/** Due wallets, the longest due first. */
export interface Due {
  readonly walletIds: readonly string[];
  /** True if there may be more. */
  readonly more: boolean;
}

/**
 * Wallets in which something is due. The tables hold nothing resolved or spent, so a wallet found
 * here is really due.
 */
@Injectable()
export class DueWallets {
  constructor(private readonly database: DataSource) {}

  /** Next due time, or a past one; epoch milliseconds. `undefined` if nothing will ever be due. */
  async next(): Promise<number | undefined> {
    const [row]: { due: string | null }[] = await this.database.query(
      `${acrossLanes} select least(
         (select min(expires_at) from holds where status = 'open'),
         (select min(expires_at) from expiring_tokens),
         (select min(expires_at) from purchases where status = 'pending'),
         (select min(resets_at) from plans),
         (select min(renew_at) from plans where renew_at is not null)
       ) as due`,
    );
    const due = row?.due ?? undefined;
    return due === undefined ? undefined : Number(due);
  }

  /**
   * Wallets in which a hold, tokens, an unpaid purchase or a plan's month ends.
   * @param time epoch milliseconds
   */
  async at(time: number): Promise<Due> {
    const rows: { wallet_id: string }[] = await this.database.query(
      `${acrossLanes} select wallet_id from (
         (select wallet_id, expires_at from holds where status = 'open' and expires_at <= $1 order by expires_at limit $2)
         union all
         (select wallet_id, expires_at from expiring_tokens where expires_at <= $1 order by expires_at limit $2)
         union all
         (select wallet_id, expires_at from purchases where status = 'pending' and expires_at <= $1 order by expires_at limit $2)
         union all
         (select wallet_id, resets_at from plans where resets_at <= $1 order by resets_at limit $2)
       ) due
       group by wallet_id order by min(expires_at) limit $2`,
      [time, mostAtOnce],
    );
    return { walletIds: rows.map(({ wallet_id }) => wallet_id), more: rows.length === mostAtOnce };
  }

  /** Wallets with a due allotment. @param time epoch milliseconds */
  async renewalsAt(time: number): Promise<Due> {
    const rows: { wallet_id: string }[] = await this.database.query(
      `${acrossLanes} select wallet_id from plans where renew_at <= $1 order by renew_at limit $2`,
      [time, mostAtOnce],
    );
    return { walletIds: rows.map(({ wallet_id }) => wallet_id), more: rows.length === mostAtOnce };
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Most wallets that one look finds. */
const mostAtOnce = 1000;

/** Wallets in which a hold or tokens are due, those that have been due for longest first. */
export interface Due {
  readonly walletIds: readonly string[];
  /** Whether there may be more than these. */
  readonly more: boolean;
}

/** Where something is due. Both tables hold nothing that was resolved or spent, so that what is found here is due indeed. */
@Injectable()
export class DueWallets {
  constructor(private readonly database: DataSource) {}

  /** @param time epoch milliseconds */
  async at(time: number): Promise<Due> {
    const rows: { wallet_id: string }[] = await this.database.query(
      `select wallet_id from (
         (select wallet_id, expires_at from holds where status = 'open' and expires_at <= $1 order by expires_at limit $2)
         union all
         (select wallet_id, expires_at from expiring_tokens where expires_at <= $1 order by expires_at limit $2)
       ) due
       group by wallet_id order by min(expires_at) limit $2`,
      [time, mostAtOnce],
    );
    return { walletIds: rows.map(({ wallet_id }) => wallet_id), more: rows.length === mostAtOnce };
  }
}

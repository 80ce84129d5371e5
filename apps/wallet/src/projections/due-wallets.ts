import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Most wallets that one look finds. */
const mostAtOnce = 1000;

/** Wallets in which something is due, those that have been due for longest first. */
export interface Due {
  readonly walletIds: readonly string[];
  /** Whether there may be more than these. */
  readonly more: boolean;
}

/** Where something is due. The tables hold nothing that was resolved or spent, so that what is found here is due indeed. */
@Injectable()
export class DueWallets {
  constructor(private readonly database: DataSource) {}

  /** When something is due next, or has been since; epoch milliseconds. `undefined` where nothing ever will be. */
  async next(): Promise<number | undefined> {
    const [row]: { due: string | null }[] = await this.database.query(
      `select least(
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

  /** Wallets in which a hold, tokens, an unpaid purchase or a plan's month end. @param time epoch milliseconds */
  async at(time: number): Promise<Due> {
    const rows: { wallet_id: string }[] = await this.database.query(
      `select wallet_id from (
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

  /** Wallets whose plan has an allotment to be granted. @param time epoch milliseconds */
  async renewalsAt(time: number): Promise<Due> {
    const rows: { wallet_id: string }[] = await this.database.query(
      'select wallet_id from plans where renew_at <= $1 order by renew_at limit $2',
      [time, mostAtOnce],
    );
    return { walletIds: rows.map(({ wallet_id }) => wallet_id), more: rows.length === mostAtOnce };
  }
}

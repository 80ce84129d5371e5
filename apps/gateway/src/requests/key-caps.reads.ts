import { Inject, Injectable } from '@nestjs/common';
import { monthOf } from '@tokengrid/kernel';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';

/** Caps of a key in a wallet, and what counts against them: µAIT as decimal strings. */
export interface CapsOfKey {
  readonly keyId: string;
  /** Null: no such cap. */
  readonly daily: string | null;
  readonly monthly: string | null;
  readonly total: string | null;
  readonly spentToday: string;
  readonly spentThisMonth: string;
  readonly spentInAll: string;
}

/** Reads of the caps of keys. */
@Injectable()
export class KeyCaps {
  constructor(@Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>) {}

  /** @param day day of the operator's, `YYYY-MM-DD`. @returns caps of some keys, sorted by key */
  of(keyIds: readonly string[], day: string): Promise<CapsOfKey[]> {
    return this.dataSource.query<CapsOfKey[]>(select, [keyIds, day, `${monthOf(day)}-01`]);
  }
}

/** A day before the last counts as the last, as in the wallet. */
const select = `
  ${acrossLanes} select key_id as "keyId", daily::text, monthly::text, total::text,
    spent.today::text as "spentToday", spent.month::text as "spentThisMonth", spent.in_all::text as "spentInAll"
  from key_caps
  cross join lateral (
    select coalesce(sum(tokens) filter (where day >= $2), 0) as today,
      coalesce(sum(tokens) filter (where day >= $3), 0) as month, coalesce(sum(tokens), 0) as in_all
    from key_spending
    where key_spending.key_id = key_caps.key_id and key_spending.wallet_id = key_caps.wallet_id
  ) spent
  where key_id = any($1) and coalesce(daily, monthly, total) is not null
  order by key_id`;

import { Injectable } from '@nestjs/common';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { Lanes } from '../streams/lanes.ts';

/** A purchase whose payment has to be requested. */
export interface WorkToDo {
  readonly walletId: string;
  readonly purchaseId: string;
  readonly price: { readonly currency: string; readonly amount: bigint };
  /** Number of requests so far, including this one. */
  readonly attempts: number;
  readonly causationId: string;
  readonly correlationId: string;
  readonly actor: string;
}

interface Row {
  readonly wallet_id: string;
  readonly purchase_id: string;
  readonly currency: string;
  readonly amount: string;
  readonly attempts: number;
  readonly causation_id: string;
  readonly correlation_id: string;
  readonly actor: string;
}

/**
 * Maximum pause between two requests for one payment; the first is a second, each next one twice
 * the last.
 */
const longestPauseMs = 60_000;

/**
 * Payments to request: of every pending purchase that the provider has not accepted. Purchases are
 * a read model, so none can be lost; the table adds only the next time of each.
 */
@Injectable()
export class PaymentWork {
  constructor(
    private readonly database: DataSource,
    private readonly lanes: Lanes,
  ) {}

  /**
   * Takes due requests, the longest waiting first. No other process takes them until an answer may
   * have come and a pause is over, which doubles each time.
   * @param timeoutMs time limit of an answer
   */
  async take(most: number, timeoutMs: number): Promise<readonly WorkToDo[]> {
    const rows: Row[] = await this.database.query(taking, [most, timeoutMs, longestPauseMs]);
    return rows.map((row) => ({
      walletId: row.wallet_id,
      purchaseId: row.purchase_id,
      price: { currency: row.currency, amount: BigInt(row.amount) },
      attempts: row.attempts,
      causationId: row.causation_id,
      correlationId: row.correlation_id,
      actor: row.actor,
    }));
  }

  /** True if any purchase waits for a request, now or later. */
  async isThere(): Promise<boolean> {
    const [row]: { there: boolean }[] = await this.database.query(
      `${acrossLanes} select exists (select from purchases where status = 'pending' and payment_id is null) as there`,
    );
    return row!.there;
  }

  /** Lets a failed request be taken again after a pause. */
  async failed({ purchaseId, attempts }: Pick<WorkToDo, 'purchaseId' | 'attempts'>): Promise<void> {
    await this.database.query(
      `update payment_requests set next_at = ${now} + ${pause('attempts', '$3')} 
       where lane = $4 and purchase_id = $1 and attempts = $2`,
      [purchaseId, attempts, longestPauseMs, this.lanes.of(purchaseId)],
    );
  }

  /** Removes an answered request. */
  async done(purchaseId: string): Promise<void> {
    await this.database.query('delete from payment_requests where lane = $1 and purchase_id = $2', [
      this.lanes.of(purchaseId),
      purchaseId,
    ]);
  }
}

/**
 * Epoch milliseconds by Postgres' clock: processes whose clocks differ agree on whose turn it is.
 */
const now = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** Pause before the next attempt: a second before the second one, then doubled each time. */
const pause = (attempts: string, longest: string) =>
  `least(${longest}::bigint, 1000 * (2 ^ least(${attempts} - 1, 10))::bigint)`;

/** Time after which leftovers are deleted: no purchase is pending for longer than a day. */
const keptMs = 2 * 86_400_000;

const taking = `
  ${acrossLanes} with tidied as (delete from payment_requests where next_at < ${now} - ${keptMs}), due as (
    select purchases.*, coalesce(requests.attempts, 0) + 1 as attempt
    from purchases
    left join payment_requests requests using (lane, purchase_id)
    where purchases.status = 'pending' and purchases.payment_id is null
      and coalesce(requests.next_at, 0) <= ${now}
    order by coalesce(requests.next_at, purchases.created_at)
    limit $1
  ), taken as (
    insert into payment_requests as requests (lane, purchase_id, attempts, next_at)
    select lane, purchase_id, attempt, ${now} + $2::bigint + ${pause('attempt', '$3')}
    from due
    on conflict (lane, purchase_id) do update set attempts = excluded.attempts, next_at = excluded.next_at
      where requests.attempts < excluded.attempts
    returning purchase_id, attempts
  )
  select wallet_id, purchase_id, currency, amount, taken.attempts, causation_id, correlation_id, actor
  from taken join due using (purchase_id)
  order by due.created_at`;

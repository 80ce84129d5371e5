import { acrossLanes } from '@tokengrid/event-store/postgres';

/** Most events that a break names. */
const mostEvents = 100;

const eventIds = (filter: string) =>
  `(array_agg('wallet/' || movement.wallet_lane || '/' || movement.sequence order by movement.sequence) filter (where ${filter}))[1:${mostEvents}]`;

/**
 * Both sides of a period's charges. `ranges`: what settlement accrued to it, event by event, each
 * with the wallet's charges from its first to its last; such an event may have accrued to other
 * periods, too, and fits or breaks as a whole. `unaccrued`: the wallet's charges of that day that
 * no event covers. Parameters: the period, the day's start and end, and the time since which
 * missing counterparts are in progress rather than breaks (epoch milliseconds).
 *
 * A range is `heard` once the wallet's lane has been read here up to its last charge.
 */
const bothSides = `
  ${acrossLanes} with ranges as (
    select wallet_lane, 'settlement/' || accrual.lane || '/' || accrual.sequence as accrued_by, from_sequence, tokens, accrued,
      coalesce((select max(sequence) from escrow_movements read where read.wallet_lane = accrual.wallet_lane), 0) >= to_sequence as heard,
      moved.*
    from accrued_ranges accrual cross join lateral (
      select coalesce(sum(movement.tokens), 0) as charged, ${eventIds('true')} as events,
        ${eventIds('movement.tokens <> movement.stated')} as faulty
      from escrow_movements movement
      where movement.wallet_lane = accrual.wallet_lane and kind = 'charged'
        and movement.sequence between from_sequence and to_sequence
    ) moved
    where period = $1
  ), unaccrued as (
    select wallet_lane, sequence, tokens, moved_at >= $4 as pending from escrow_movements movement
    where kind = 'charged' and moved_at >= $2 and moved_at < $3
      and not coalesce((
        select to_sequence >= movement.sequence from accrued_ranges before
        where before.wallet_lane = movement.wallet_lane and from_sequence <= movement.sequence
        order by from_sequence desc limit 1
      ), false)
  )`;

/** Sums of each wallet lane. */
export const selectLanes = `${bothSides}
  select wallet_lane as "walletLane", sum(charged) as charged, sum(accrued) as accrued, sum(pending) as pending,
    sum(statements) as statements, sum(released) as released
  from (
    select wallet_lane, case when heard then accrued + charged - tokens else 0 end as charged, accrued,
      case when heard then 0 else -accrued end as pending, 0 as statements, 0 as released
    from ranges
    union all
    select wallet_lane, tokens, 0, case when pending then tokens else 0 end, 0, 0 from unaccrued
    union all
    select wallet_lane, 0, 0, 0, tokens, 0 from statement_parts where period = $1
    union all
    select wallet_lane, 0, 0, 0, 0, -tokens from escrow_movements where period = $1
  ) sides
  group by wallet_lane order by wallet_lane`;

/** Breaks, one by one, and the number of pending pairs; matching pairs are left out. */
const brokenAndPending = (pairs: string, order: string, most: string) => `
  (select kind, "walletLane", expected, found, "statementId", events, 1::bigint as pairs from (${pairs}) broken
   where kind not in ('fits', 'pending') order by ${order} limit ${most})
  union all
  select kind, 0, null, null, null, array[]::text[], count(*) from (${pairs}) pending where kind = 'pending' group by kind`;

/**
 * Charges and accruals. An event of accruals is pending until its charges are heard of; a charge
 * that no event covers is pending for a while. A break names the charges whose postings contradict
 * their uses, if there are any, else all that the event of accruals covers.
 */
export const selectChargePairs = `${bothSides}, pairs as (
    select wallet_lane as "walletLane", from_sequence as at, tokens as expected, nullif(charged, 0) as found, null as "statementId",
      accrued_by || coalesce(faulty, events, '{}') as events,
      case
        when not heard then 'pending'
        when events is null then 'accrual-without-charge'
        when faulty is not null or charged <> tokens then 'amount-differs'
        else 'fits'
      end as kind
    from ranges
    union all
    select wallet_lane, sequence, null, tokens, null, array['wallet/' || wallet_lane || '/' || sequence],
      case when pending then 'pending' else 'charge-not-accrued' end
    from unaccrued
  ) ${brokenAndPending('select * from pairs', '"walletLane", at', '$5')}`;

/**
 * Escrow owed by wallet lanes to statements, released for them, and arrived. Parameters: the
 * period, and the time since which missing counterparts are in progress (epoch milliseconds).
 */
export const selectPaymentPairs = `
  ${acrossLanes} with parts as (
    select statement_id, wallet_lane, parts.tokens, made_by, made_at
    from statement_parts parts join statements using (lane, statement_id) where parts.period = $1
  ), released as (
    select statement_id, wallet_lane, -sum(tokens) as tokens, max(moved_at) as moved_at, count(*) as movements,
      bool_or(kind = 'refused') as refused,
      array_agg('wallet/' || wallet_lane || '/' || sequence order by sequence) as events
    from escrow_movements where period = $1 group by statement_id, wallet_lane
  ), pairs as (
    select statement_id, wallet_lane as "walletLane", parts.tokens as expected, coalesce(paid.tokens, released.tokens) as found,
      parts.made_by || coalesce(events, '{}') || paid.paid_by as events,
      case
        when refused then 'escrow-refused'
        when parts.statement_id is null then 'released-without-statement'
        when released.statement_id is null then case when made_at >= $2 then 'pending' else 'not-released' end
        when movements > 1 then 'released-twice'
        when released.tokens <> parts.tokens then 'released-differs'
        when paid.statement_id is null then case when moved_at >= $2 then 'pending' else 'not-arrived' end
        when paid.tokens <> parts.tokens then 'arrived-differs'
        else 'fits'
      end as kind
    from parts full join released using (statement_id, wallet_lane)
      left join statement_payments paid using (statement_id, wallet_lane)
  ) ${brokenAndPending('select *, statement_id as "statementId" from pairs', '"statementId", "walletLane"', '$3')}`;

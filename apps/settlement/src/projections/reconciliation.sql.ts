import { acrossLanes } from '@tokengrid/event-store/postgres';

/**
 * Both sides of a period's charges: its accruals with the wallet's charges for the same uses; and
 * the wallet's charges of that day for uses without any accrual. Parameters: the period, the day's
 * start and end, and the time since which missing counterparts are in progress rather than breaks
 * (epoch milliseconds).
 */
const bothSides = `
  ${acrossLanes} with accrued as (
    select usage_id, wallet_lane, tokens, charged_by, accrued_by from accrued_uses where period = $1 and tokens > 0
  ), charged as (
    select usage_id, movement.wallet_lane, sequence, movement.tokens, moved_at, false as unaccrued
    from escrow_movements movement join accrued using (usage_id)
    where kind = 'charged'
    union all
    select usage_id, wallet_lane, sequence, tokens, moved_at, true
    from escrow_movements movement
    where kind = 'charged' and moved_at >= $2 and moved_at < $3
      and not exists (select from accrued_uses accrued where accrued.usage_id = movement.usage_id)
  )`;

/** Sums of each wallet lane. */
export const selectLanes = `${bothSides}
  select wallet_lane as "walletLane", sum(charged) as charged, sum(accrued) as accrued, sum(pending) as pending,
    sum(statements) as statements, sum(released) as released
  from (
    select wallet_lane, tokens as charged, 0 as accrued, 0 as pending, 0 as statements, 0 as released from charged
    union all
    select wallet_lane, 0, tokens, 0, 0, 0 from accrued
    union all
    select wallet_lane, 0, 0, tokens, 0, 0 from charged where unaccrued and moved_at >= $4
    union all
    select wallet_lane, 0, 0, 0, tokens, 0 from statement_parts where period = $1
    union all
    select wallet_lane, 0, 0, 0, 0, -tokens from escrow_movements where period = $1
  ) sides
  group by wallet_lane order by wallet_lane`;

/** Breaks, one by one, and the number of pending pairs; matching pairs are left out. */
const brokenAndPending = (pairs: string, key: string, most: string) => `
  (select kind, "walletLane", expected, found, ${key}, events, 1::bigint as pairs from (${pairs}) broken
   where kind not in ('fits', 'pending') order by ${key}, "walletLane" limit ${most})
  union all
  select kind, 0, null, null, '', array[]::text[], count(*) from (${pairs}) pending where kind = 'pending' group by kind`;

/**
 * Charges and accruals. An accrual without its charge is pending until the wallet's lane has been
 * read up to that charge; a charge without accrual is pending for a while.
 */
export const selectChargePairs = `${bothSides}, charged_uses as (
    select usage_id, count(*) as charges, sum(tokens) as tokens, min(wallet_lane) as wallet_lane, max(moved_at) as moved_at,
      array_agg('wallet/' || wallet_lane || '/' || sequence order by wallet_lane, sequence) as events
    from charged group by usage_id
  ), pairs as (
    select usage_id, accrued.tokens as expected, charged_uses.tokens as found, accrued.accrued_by || coalesce(events, '{}') as events,
      coalesce(charged_uses.wallet_lane, accrued.wallet_lane) as "walletLane",
      case
        when accrued.usage_id is null then case when moved_at >= $4 then 'pending' else 'charge-not-accrued' end
        when charged_uses.usage_id is null then case
          when coalesce((select max(sequence) from escrow_movements heard where heard.wallet_lane = accrued.wallet_lane), 0)
            < split_part(accrued.charged_by, '/', 3)::bigint then 'pending'
          else 'accrual-without-charge' end
        when charges > 1 then 'charged-twice'
        when events[1] <> charged_by or accrued.wallet_lane <> charged_uses.wallet_lane then 'other-charge'
        when accrued.tokens <> charged_uses.tokens then 'amount-differs'
        else 'fits'
      end as kind
    from accrued full join charged_uses using (usage_id)
  ) ${brokenAndPending('select *, usage_id as "usageId" from pairs', '"usageId"', '$5')}`;

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
  ) ${brokenAndPending('select *, statement_id as "statementId" from pairs', '"statementId"', '$3')}`;

/** Age to which existing rows are moved; the filled rows lie between then and now. */
const spanMs = 30 * 24 * 3600 * 1000;
const hourMs = 3600 * 1000;
/** µAIT of each transfer, those of the templates included. */
const tokens = 5;

/** Wallets to open, and their numbers of transfers. Parameters: ids, lanes, transfers. */
export const planWallets = `
  create unlogged table fill_wallets as
  select * from unnest($1::text[], $2::int[], $3::int[]) planned (wallet_id, lane, transfers)`;

/** Values of real events: with other ids and lanes they have the form of current events. */
const templates = `
  create unlogged table fill_templates as
  select distinct on (type) type, version, 'lane:' || lane || ':' as lane, substr(stream_id, 5) as suffix,
    case type when 'WalletOpened' then 0 when 'TokensReceived' then 1 else 2 end as kind,
    convert_from(value, 'UTF8') as text, coalesce(convert_from(value, 'UTF8')::jsonb ->> 'transferId', '-none-') as reference
  from events where type in ('WalletOpened', 'TokensReceived', 'TokensSent') order by type, lane, sequence desc`;

/**
 * All events to create: kind 0 opens a wallet, 1 is a receipt, 2 a sending, in turns, so that a
 * balance ends where it began. All wallets of a lane take turns, each as often as it has events: a
 * wallet's rows lie as far apart as in a ledger that grew.
 */
const plan = `
  create unlogged table fill as
  with planned as (
    select w.lane, wallet_id, n as revision,
      case when n = 1 then 0 when n % 2 = 0 then 1 else 2 end as kind,
      row_number() over (partition by w.lane order by (n - 0.5) / (transfers + 1), wallet_id) as nth,
      count(*) over (partition by w.lane) as of_lane
    from fill_wallets w
    cross join lateral generate_series(1, transfers + 1) n
  )
  select planned.lane, l.sequence + nth as sequence, wallet_id, revision, kind, gen_random_uuid() as command_id,
    l.time - ${spanMs} + nth * ${spanMs - hourMs} / of_lane as time,
    case when kind > 0 then 'trf_' || lpad(to_hex(nth), 12, '0') || planned.lane || substr(md5(nth::text), 1, 13) end as reference
  from planned join lanes l on l.lane = planned.lane
  order by lane, sequence`;

const moveIntoThePast = `
  update events set time = time - ${spanMs};
  update entries set time = time - ${spanMs};
  update wallet_statuses set time = time - ${spanMs}`;

const events = `
  insert into events (lane, sequence, stream_id, revision, type, version, time, command_id, causation_id, correlation_id, actor, hash, value)
  select fill.lane, sequence, wallet_id, revision, t.type, t.version, time, command_id, command_id::text, 'bench', 'bench',
    decode(md5(sequence::text) || md5(fill.lane || '/' || sequence), 'hex'),
    convert_to(
      replace(
        replace(replace(t.text, t.suffix, substr(wallet_id, 5)), t.reference, coalesce(fill.reference, '-none-')),
        t.lane, 'lane:' || fill.lane || ':'
      ), 'UTF8')
  from fill join fill_templates t using (kind) order by fill.lane, sequence`;

const commands = `insert into commands (command_id, lane, sequence, count) select command_id, lane, sequence, 1 from fill`;

const entries = `
  insert into entries
    (wallet_id, sequence, lane, type, tokens, balance_after, held, held_after, time, reference, other_wallet_id)
  select wallet_id, fill.sequence, fill.lane, case kind when 1 then 'transfer-in' else 'transfer-out' end,
    case kind when 1 then ${tokens} else -${tokens} end,
    case kind when 1 then ${tokens} else 0 end, 0, 0, time, reference, (select wallet_id from fill_wallets limit 1)
  from fill where kind > 0 order by fill.lane, fill.sequence`;

/**
 * Without states: no command comes to these wallets, which would have to fold all their events
 * first.
 */
const wallets = `
  insert into wallets (wallet_id, party_id, status, available, held, lane, sequence)
    select wallet_id, 'sub_' || substr(wallet_id, 5), 'open', 0, 0, lane, max(sequence) from fill group by wallet_id, lane;
  insert into wallet_statuses (lane, wallet_id, sequence, time, status)
    select lane, wallet_id, sequence, time, 'open' from fill where kind = 0`;

/** Turnover of a lane's accounts by a number of transfers in and out. */
const turnover = (account: string, ins: string, outs: string) => `
  case ${account} when 'wallet:*:available' then ${tokens} * ${ins} else ${tokens} * ${outs} end,
  case ${account} when 'wallet:*:available' then ${tokens} * ${outs} else ${tokens} * ${ins} end`;

const books = `
  with counted as (
    select lane, (sequence - 1) / 256 as block, min(sequence) filter (where kind > 0) as sequence,
      count(*) filter (where kind = 1) as ins, count(*) filter (where kind = 2) as outs
    from fill group by lane, 2
  ), before as (
    select lane, block, sequence, coalesce(sum(ins) over earlier, 0) as ins, coalesce(sum(outs) over earlier, 0) as outs
    from counted window earlier as (partition by lane order by block rows between unbounded preceding and 1 preceding)
  )
  insert into ledger_snapshots (lane, block, sequence, accounts)
  select before.lane, block, sequence, jsonb_agg(jsonb_build_array(
    account, asset, (credited + case when moves then more else 0 end)::text, (debited + case when moves then less else 0 end)::text
  ) order by account collate "C", asset)
  from before
  join lane_accounts a on a.lane = before.lane
  cross join lateral (select account in ('wallet:*:available', 'lane:' || a.lane || ':in-transit') as moves) moving
  cross join lateral (select ${turnover('account', 'ins', 'outs')}) amounts (more, less)
  where sequence is not null
  group by before.lane, block, sequence
  on conflict (lane, block) do nothing;
  update lane_accounts a set credited = credited + more, debited = debited + less
  from (select lane, count(*) filter (where kind = 1) as ins, count(*) filter (where kind = 2) as outs from fill group by lane) moved
  cross join lateral (select unnest(array['wallet:*:available', 'lane:' || moved.lane || ':in-transit']) as name) named
  cross join lateral (select ${turnover('name', 'ins', 'outs')}) amounts (more, less)
  where a.lane = moved.lane and a.account = name`;

/** The last event of each lane and the one before it, as {@link EventRow}s. */
export const laneEnds = `
  select e.* from (select lane, max(sequence) as last from fill group by lane) ends
  join events e on e.lane = ends.lane and e.sequence >= last - 1 order by e.lane, e.sequence`;

/** The steps of filling, in order. */
export const fillTables: Readonly<Record<string, string>> = {
  templates,
  plan: `${plan}; analyze fill`,
  'into the past': moveIntoThePast,
  events,
  'command ids': commands,
  entries,
  books,
  wallets,
};

export const tidyUp = ['drop table fill, fill_wallets, fill_templates', 'vacuum analyze', 'checkpoint'];

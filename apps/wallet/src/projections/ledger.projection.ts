import { type EventsOf, moneyEvents, type Posting } from '@tokengrid/contracts';
import { onEach, type Projection } from '@tokengrid/event-store';
import type { EventPosition } from '@tokengrid/kernel';
import { blockOf } from './ledger-snapshots.table.ts';

/** Turnover of one account in a batch: µAIT or minor units, both ≥ 0. */
interface Moved {
  readonly account: string;
  readonly asset: string;
  credited: bigint;
  debited: bigint;
}

/** Turnover of one block of a lane in a batch. */
interface Block {
  readonly lane: number;
  readonly block: number;
  /** Sequence of its first movement in the batch. */
  readonly sequence: number;
  readonly moved: Map<string, Moved>;
}

/** Blocks by lane and number, each lane's in order. */
type Batch = Map<string, Block>;
type Posted = EventPosition & { readonly data: { readonly postings: readonly Posting[] } };

function post(batch: Batch, { lane, sequence, data }: Posted): void {
  // A completely captured hold gives nothing back, and moves nothing.
  if (data.postings.length === 0) return;
  const { moved } = blockFor(batch, lane, sequence);
  for (const { account, asset, amount } of data.postings) {
    const name = summedUp(account);
    const key = `${asset} ${name}`;
    let turnover = moved.get(key);
    if (!turnover) moved.set(key, (turnover = { account: name, asset, credited: 0n, debited: 0n }));
    if (amount > 0n) turnover.credited += amount;
    else turnover.debited -= amount;
  }
}

function blockFor(batch: Batch, lane: number, sequence: number): Block {
  const block = blockOf(sequence);
  const key = `${lane}/${block}`;
  let found = batch.get(key);
  if (!found) batch.set(key, (found = { lane, block, sequence, moved: new Map() }));
  return found;
}

/** Account in which a posting counts: all wallets of a lane share one of each kind. */
const summedUp = (account: string): string => account.replace(/^wallet:[^:]+:/, 'wallet:*:');

/**
 * Books of every lane, from the postings of all money events, with a snapshot before each block.
 */
export const ledger: Projection<EventsOf<typeof moneyEvents>, Batch> = {
  name: 'ledger',
  tables: ['lane_accounts', 'ledger_snapshots'],
  begin: () => new Map(),
  on: onEach(moneyEvents, post),
  async flush(sql, batch, lane) {
    const blocks = [...batch.values()];
    const moves = blocks.flatMap(({ block, moved }) => [...moved.values()].map((each) => ({ block, ...each })));
    if (moves.length === 0) return;
    await sql.query(moveAndRemember, [
      lane,
      moves.map(({ block }) => block),
      moves.map(({ account }) => account),
      moves.map(({ asset }) => asset),
      moves.map(({ credited }) => credited.toString()),
      moves.map(({ debited }) => debited.toString()),
      blocks.map(({ block }) => block),
      blocks.map(({ sequence }) => sequence),
    ]);
  },
};

/**
 * Adds turnover, and stores a snapshot before a block's first movement: the table's rows plus the
 * batch's movements in earlier blocks. The lane's lock makes this the only writer of its books, and
 * a replay in other batches gives the same rows.
 */
const moveAndRemember = `
  with moved as (
    select * from unnest($2::bigint[], $3::text[], $4::text[], $5::numeric[], $6::numeric[])
      moved (block, account, asset, credited, debited)
  ), remembered as (
    insert into ledger_snapshots (lane, block, sequence, accounts)
    select $1::int, began.block, began.sequence, coalesce(stood.accounts, '[]')
    from unnest($7::bigint[], $8::bigint[]) began (block, sequence)
    left join lateral (
      select jsonb_agg(jsonb_build_array(account, asset, credited::text, debited::text) order by account collate "C", asset)
        as accounts
      from (
        select account, asset, sum(credited) as credited, sum(debited) as debited
        from (
          select account, asset, credited, debited from lane_accounts where lane = $1
          union all
          select account, asset, credited, debited from moved where block < began.block
        ) turnover
        group by account, asset
      ) sums
    ) stood on true
    where not exists (select from ledger_snapshots known where known.lane = $1 and known.block = began.block)
  )
  insert into lane_accounts (lane, account, asset, credited, debited)
  select $1::int, account, asset, sum(credited), sum(debited) from moved group by account, asset
  on conflict (lane, account, asset) do update
    set credited = lane_accounts.credited + excluded.credited, debited = lane_accounts.debited + excluded.debited`;

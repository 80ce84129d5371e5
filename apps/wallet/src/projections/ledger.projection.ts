import { type EventsOf, moneyEvents, type Posting } from '@tokengrid/contracts';
import { onEach, type Projection, type SqlWriter } from '@tokengrid/event-store';
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
  flush: (sql, batch) => write(sql, [...batch.values()], false),
  flushLanes: (sql, ofLanes) =>
    write(
      sql,
      ofLanes.flatMap(({ batch }) => [...batch.values()]),
      true,
    ),
};

/** @param together whether the blocks are of several lanes */
async function write(sql: SqlWriter, blocks: readonly Block[], together: boolean): Promise<void> {
  const moves = blocks.flatMap(({ lane, block, moved }) =>
    [...moved.values()].map((each) => ({ lane, block, ...each })),
  );
  if (moves.length === 0) return;
  const values = [
    moves.map(({ block }) => block),
    moves.map(({ account }) => account),
    moves.map(({ asset }) => asset),
    moves.map(({ credited }) => credited.toString()),
    moves.map(({ debited }) => debited.toString()),
    blocks.map(({ block }) => block),
    blocks.map(({ sequence }) => sequence),
  ];
  await (together
    ? sql.query(moveInLanes, [moves.map(({ lane }) => lane), ...values, blocks.map(({ lane }) => lane)])
    : sql.query(moveInLane, [blocks[0]!.lane, ...values]));
}

/**
 * Adds turnover, and stores a snapshot before a block's first movement: the table's rows plus the
 * batch's movements in earlier blocks. The lane's lock makes this the only writer of its books, and
 * a replay in other batches gives the same rows.
 */
const moveAndRemember = (moved: string, began: string, laneOf: (row: string) => string) => `
  with moved as (
    select * from ${moved}
  ), remembered as (
    insert into ledger_snapshots (lane, block, sequence, accounts)
    select ${laneOf('began')}, began.block, began.sequence, coalesce(stood.accounts, '[]')
    from ${began}
    left join lateral (
      select jsonb_agg(jsonb_build_array(account, asset, credited::text, debited::text) order by account collate "C", asset)
        as accounts
      from (
        select account, asset, sum(credited) as credited, sum(debited) as debited
        from (
          select account, asset, credited, debited from lane_accounts where lane = ${laneOf('began')}
          union all
          select account, asset, credited, debited from moved
          where ${laneOf('moved')} = ${laneOf('began')} and block < began.block
        ) turnover
        group by account, asset
      ) sums
    ) stood on true
    where not exists (
      select from ledger_snapshots known where known.lane = ${laneOf('began')} and known.block = began.block
    )
  )
  insert into lane_accounts (lane, account, asset, credited, debited)
  select ${laneOf('moved')}, account, asset, sum(credited), sum(debited) from moved group by 1, account, asset
  on conflict (lane, account, asset) do update
    set credited = lane_accounts.credited + excluded.credited, debited = lane_accounts.debited + excluded.debited`;

const moveInLane = moveAndRemember(
  `unnest($2::bigint[], $3::text[], $4::text[], $5::numeric[], $6::numeric[])
     moved (block, account, asset, credited, debited)`,
  'unnest($7::bigint[], $8::bigint[]) began (block, sequence)',
  () => '$1::int',
);

const moveInLanes = moveAndRemember(
  `unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::numeric[], $6::numeric[])
     moved (lane, block, account, asset, credited, debited)`,
  'unnest($9::int[], $7::bigint[], $8::bigint[]) began (lane, block, sequence)',
  (row) => `${row}.lane`,
);

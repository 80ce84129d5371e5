import { Injectable } from '@nestjs/common';
import { And, DataSource, Equal, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import { Lanes } from '../streams/lanes.ts';
import { ChargedUses, isChargeId } from './charged-uses.ts';
import { type EntryType, EntryRow } from './entries.table.ts';

/** Filter of a wallet's entries. Times are epoch milliseconds: `from` and later, before `to`. */
export interface EntriesFilter {
  readonly walletId: string;
  readonly type?: EntryType | undefined;
  /** Of an entry, or a charge's id: the entry of the event that charged it. */
  readonly reference?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export type EntriesOrder = 'oldest-first' | 'newest-first';

/** Entries of a wallet between two sequences, both exclusive. */
interface Span {
  readonly after: number;
  readonly before: number;
}

/** Found entries. */
export interface FoundEntries {
  readonly rows: readonly EntryRow[];
  /** Sequence up to which entries were examined, if there may be more behind it. */
  readonly lookedUpTo: number | undefined;
}

/**
 * Maximum number of entries that one request examines for those of one type: rare ones in a long
 * statement take several pages.
 */
const mostLookedAt = 20_000;

/** The wallets' statements. */
@Injectable()
export class Entries {
  constructor(
    private readonly database: DataSource,
    private readonly lanes: Lanes,
    private readonly charges: ChargedUses,
  ) {}

  /** The next entries after a sequence, at most `limit`. */
  async find(
    filter: EntriesFilter,
    order: EntriesOrder,
    beyond: number | undefined,
    limit: number,
  ): Promise<FoundEntries> {
    return this.within(filter, narrowed(await this.spanOf(filter), order, beyond), order, limit);
  }

  /** All present entries, page by page, without those that come in meanwhile. */
  async *pages(filter: EntriesFilter, order: EntriesOrder, limit: number): AsyncGenerator<readonly EntryRow[]> {
    const whole = await this.spanOf({ ...filter, to: filter.to ?? Number.MAX_SAFE_INTEGER });
    let beyond: number | undefined;
    do {
      const { rows, lookedUpTo } = await this.within(filter, narrowed(whole, order, beyond), order, limit);
      if (rows.length > 0) yield rows;
      beyond = rows.length === limit ? rows.at(-1)!.sequence : lookedUpTo;
    } while (beyond !== undefined);
  }

  /** Last entry of a wallet before a time. */
  async last(walletId: string, before: number): Promise<EntryRow | null> {
    const sequence = await this.sequenceBefore(walletId, before);
    return this.database.getRepository(EntryRow).findOne({
      where: { lane: this.lanes.of(walletId), walletId, sequence: LessThanOrEqual(sequence) },
      order: { sequence: 'DESC' },
    });
  }

  private async within(filter: EntriesFilter, span: Span, order: EntriesOrder, limit: number): Promise<FoundEntries> {
    const { walletId, type, reference } = filter;
    const lookedUpTo = type && !reference ? await this.horizon(walletId, span, order) : undefined;
    const { after, before } = lookedUpTo === undefined ? span : upTo(span, order, lookedUpTo);
    const charged = reference && isChargeId(reference) ? await this.sequenceOf(walletId, reference) : undefined;
    const rows = await this.database.getRepository(EntryRow).find({
      where: {
        lane: this.lanes.of(walletId),
        walletId,
        sequence: And(MoreThan(after), LessThan(before), ...(charged === undefined ? [] : [Equal(charged)])),
        ...(type && { type }),
        ...(reference && charged === undefined && { reference }),
      },
      order: { sequence: directionOf(order) },
      take: limit,
    });
    return { rows, lookedUpTo };
  }

  /** Sequence of the entry of a charge; 0 for none of the wallet's. */
  private async sequenceOf(walletId: string, chargeId: string): Promise<number> {
    const found = await this.charges.find(chargeId);
    return found?.walletId === walletId ? found.sequence : 0;
  }

  private async spanOf({ walletId, from, to }: EntriesFilter): Promise<Span> {
    const [after, last] = await Promise.all([
      from === undefined ? 0 : this.sequenceBefore(walletId, from),
      to === undefined ? Number.MAX_SAFE_INTEGER - 1 : this.sequenceBefore(walletId, to),
    ]);
    return { after, before: last + 1 };
  }

  /** Last sequence to examine, if not all are. */
  private async horizon(walletId: string, { after, before }: Span, order: EntriesOrder): Promise<number | undefined> {
    const [row] = await this.database.query<{ sequence: string }[]>(
      `select sequence from entries
       where lane = $4 and wallet_id = $1 and sequence > $2 and sequence < $3
       order by sequence ${directionOf(order)} offset ${mostLookedAt - 1} limit 1`,
      [walletId, after, before, this.lanes.of(walletId)],
    );
    return row && Number(row.sequence);
  }

  /** Sequence of a wallet's last entry before a time; 0 without one. */
  private async sequenceBefore(walletId: string, time: number): Promise<number> {
    const [row] = await this.database.query<{ low: string }[]>(searchByHalves, [
      walletId,
      time,
      this.lanes.of(walletId),
    ]);
    return Number(row!.low);
  }
}

/**
 * Binary search by sequence. A lane's time never goes back, so a wallet's entries are ordered by
 * time, too, and the primary key suffices: some twenty look-ups among millions of entries, instead
 * of an index by time to which every entry would be written. The target is in `low` … `high`.
 */
const searchByHalves = `
  with recursive search (low, high) as (
    select 0::bigint, coalesce((select max(sequence) from entries where lane = $3 and wallet_id = $1), 0)
    union all
    select case when found.time < $2 then found.sequence else low end, case when found.time < $2 then high else middle - 1 end
    from (select low, high, low + (high - low + 1) / 2 as middle from search where low < high) half
    left join lateral (
      select sequence, time from entries
      where lane = $3 and wallet_id = $1 and sequence >= middle and sequence <= high
      order by sequence limit 1
    ) found on true
  )
  select low from search where low = high`;

const directionOf = (order: EntriesOrder) => (order === 'oldest-first' ? 'ASC' : 'DESC');

function narrowed({ after, before }: Span, order: EntriesOrder, beyond: number | undefined): Span {
  if (beyond === undefined) return { after, before };
  return order === 'oldest-first'
    ? { after: Math.max(after, beyond), before }
    : { after, before: Math.min(before, beyond) };
}

const upTo = (span: Span, order: EntriesOrder, last: number): Span =>
  order === 'oldest-first' ? { ...span, before: last + 1 } : { ...span, after: last - 1 };

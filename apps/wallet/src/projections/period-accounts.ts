import { Inject, Injectable } from '@nestjs/common';
import { type LotTerms, lotTerms, type RefusedUse, type WalletEvent } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { type KnownPeriod, unknownPeriod } from '../decisions/rules/period-account.ts';
import type { PaidCharge } from '../decisions/rules/returned-charges.ts';
import { useMark } from '../decisions/rules/use-so-far.ts';
import { chargesAt } from './charges-at.ts';

/** Most waiting uses and lots that one look-up reads: one event gives no more back. */
const mostWaiting = 100;
const mostLots = 1000;

interface Lot {
  readonly walletId: string;
  readonly day: string;
  readonly members: string;
  readonly lotId: string;
  readonly tokens: string;
  readonly terms: unknown;
}

/** A use that waits, and the last event about it. */
interface Waiting {
  readonly usageId: string;
  readonly sequence: string;
}

/** What wallets charged in subscriptions' periods, and what waits of them. */
@Injectable()
export class PeriodAccounts {
  constructor(
    @Inject(DataSource) private readonly database: Pick<DataSource, 'query'>,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'eventsAfter'>,
  ) {}

  /**
   * Wallets that charged something of a period, or for which something of it waits.
   * @param periods names of periods
   */
  async walletsOf(period: string): Promise<readonly string[]> {
    const rows = await this.database.query<{ readonly walletId: string }[]>(selectWallets, [period]);
    return rows.map(({ walletId }) => walletId);
  }

  /** What a wallet has to do with periods so far, by their names. @throws EventsRetired */
  async soFar(lane: number, walletId: string, periods: readonly string[]): Promise<ReadonlyMap<string, KnownPeriod>> {
    const known = periods.map(async (period) => [period, await this.periodSoFar(lane, walletId, period)] as const);
    return new Map(await Promise.all(known));
  }

  private async periodSoFar(lane: number, walletId: string, period: string): Promise<KnownPeriod> {
    const [[account], lots, waiting] = await Promise.all([
      this.database.query<{ readonly sequence: string | null }[]>(selectMark, [lane, period]),
      this.database.query<Lot[]>(selectLots, [lane, period, walletId, mostLots]),
      this.database.query<Waiting[]>(selectWaiting, [lane, period, walletId, mostWaiting]),
    ]);
    if (!account || account.sequence === null) return unknownPeriod;
    const paid = lots.map((lot) => ({ ...lot, terms: lotTerms.parse(lot.terms) }));
    return {
      mark: useMark(Number(account.sequence)),
      charges: chargesOf(paid),
      terms: new Map(paid.map(({ lotId, terms }) => [lotId, terms] as const)),
      waiting: await this.refusedBy(lane, waiting.toReversed()),
    };
  }

  /** Uses that wait, as the last event about each states them: many may be in one event. */
  private async refusedBy(lane: number, waiting: readonly Waiting[]): Promise<RefusedUse[]> {
    const read = Array.from(
      new Set(waiting.map(({ sequence }) => sequence)),
      async (sequence) => [sequence, await chargesAt(this.store, lane, Number(sequence))] as const,
    );
    const events = new Map(await Promise.all(read));
    return waiting.map(({ usageId, sequence }) => {
      const use = events.get(sequence)?.refused.find((each) => each.usageId === usageId);
      if (!use) throw new Error(`wallet/${lane}/${sequence} is no event that refused ${usageId}`);
      return use;
    });
  }
}

/** @param lots the last charge first, within one the last lot to burn first */
function chargesOf(lots: readonly (Lot & { readonly terms: LotTerms })[]): PaidCharge[] {
  const charges = Map.groupBy(lots.toReversed(), ({ day, members }) => `${day} ${members}`);
  return Array.from(charges.values(), (of) => {
    const { day, members } = of[0]!;
    const paid = of.map(({ lotId, tokens, terms: { expiresAt } }) => ({
      ...{ lotId, tokens: BigInt(tokens) },
      ...(expiresAt !== null && { expiresAt }),
    }));
    return { day, ...(members !== '' && { memberIds: members.split(' ') }), lots: paid };
  });
}

/** Vouchers burn first: they paid their share of each use. */
const selectLots = `
  select wallet_id as "walletId", day, members, lot_id as "lotId", tokens::text as tokens, terms
  from period_lots where lane = $1 and period = $2 and wallet_id = $3 and tokens > 0
  order by day desc, members desc, (terms->>'priority')::int desc, terms->>'expiresAt' desc nulls first,
    (terms->>'transferable')::boolean desc, since desc, lot_id desc
  limit $4`;

/** The mark of a lane is of all its wallets. */
const selectMark = 'select max(sequence) as sequence from period_accounts where lane = $1 and period = $2';

const selectWaiting = `
  select usage_id as "usageId", (
    select max(sequence) from use_changes change where change.lane = waiting.lane and change.usage_id = waiting.usage_id
  ) as sequence
  from waiting_uses waiting where lane = $1 and period = $2 and wallet_id = $3
  order by since desc, usage_id desc limit $4`;

const selectWallets = `
  ${acrossLanes} select wallet_id as "walletId" from period_accounts account where period = $1 and (
    exists (select from period_lots lot where lot.lane = account.lane and lot.period = account.period
      and lot.wallet_id = account.wallet_id and lot.tokens > 0)
    or exists (select from waiting_uses waiting where waiting.lane = account.lane and waiting.period = account.period
      and waiting.wallet_id = account.wallet_id)
  ) order by wallet_id`;

import type { EventOf, RefundedUse, RefusedUse, WalletCharged, WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { type KnownPeriod, periodNamed } from '@tokengrid/wallet/decisions/rules/period-account';
import { afterCharged, type KnownUse, unknownUse, useMark } from '@tokengrid/wallet/decisions/rules/use-so-far';
import { ChargedUses } from '@tokengrid/wallet/projections/charged-uses';
import { PeriodAccounts } from '@tokengrid/wallet/projections/period-accounts';
import { PeriodTables } from './period-tables.ts';

type Charged = Recorded<EventOf<typeof WalletCharged>>;

/** Row of a use that waits for tokens, as the service's own table has it. */
interface WaitingRow {
  readonly lane: number;
  readonly walletId: string;
  readonly usageId: string;
  readonly chargeId: string;
  readonly partyId: string;
  readonly keyId: string | null;
  readonly since: number;
  readonly use: RefusedUse;
}

/** Uses that wallets have to do with, as the service's own tables have them. */
export class ChargeTables {
  /** By id of the use. */
  private readonly events = new Map<string, Charged[]>();
  private readonly waiting = new Map<string, WaitingRow>();
  readonly periods = new PeriodTables();

  see(event: Recorded<WalletEvent>): void {
    if (event.type !== 'WalletCharged') return;
    const { lane, sequence, data } = event;
    const { walletId, partyId } = data;
    for (const { usageId } of [...data.uses, ...data.refunded.filter((refund) => !isRest(event, refund))]) {
      this.remember(usageId, event);
      this.waiting.delete(usageId);
    }
    for (const use of data.refused) {
      const { usageId, chargeId, key: keyId = null } = use;
      this.remember(usageId, event);
      const since = this.waiting.get(usageId)?.since ?? sequence;
      this.waiting.set(usageId, { lane, walletId, usageId, chargeId, partyId, keyId, since, use });
    }
    this.periods.see(event, (period) => this.waitingOf(walletId, period));
  }

  /** What waits of a period in a wallet, the oldest first. */
  private waitingOf(walletId: string, period: string): readonly RefusedUse[] {
    return this.inOrder((row) => row.walletId === walletId)
      .map(({ use }) => use)
      .filter(({ countsIn }) => countsIn !== undefined && periodNamed(countsIn) === period);
  }

  private remember(usageId: string, event: Charged): void {
    const events = this.events.get(usageId);
    if (events) events.push(event);
    else this.events.set(usageId, [event]);
  }

  walletOf(usageId: string): string | undefined {
    return this.events.get(usageId)?.at(-1)?.data.walletId;
  }

  /** @param missing events that the tables do not show yet */
  soFar(lane: number, usageId: string, missing = 0): KnownUse {
    const events = (this.events.get(usageId) ?? []).filter((event) => event.lane === lane);
    return events
      .slice(0, Math.max(0, events.length - missing))
      .reduce<KnownUse>(
        (known, { sequence, data }) => ({ ...afterCharged(known, usageId, data), mark: useMark(sequence) }),
        unknownUse,
      );
  }

  /** A page of what waits in a wallet, the oldest first. */
  waitingIn(lane: number, walletId: string, since: number, usageId: string, most: number): readonly WaitingRow[] {
    const isLater = (row: WaitingRow) => row.since > since || (row.since === since && row.usageId > usageId);
    return this.inOrder((row) => row.lane === lane && row.walletId === walletId && isLater(row)).slice(0, most);
  }

  private inOrder(isWanted: (row: WaitingRow) => boolean): readonly WaitingRow[] {
    return [...this.waiting.values()]
      .filter(isWanted)
      .sort((one, other) => one.since - other.since || (one.usageId < other.usageId ? -1 : 1));
  }
}

/** What another event left to give back is of the use's charge there, not of one here. */
const isRest = ({ data: { ratedBy } }: Charged, { setOffBy }: RefundedUse): boolean =>
  ratedBy === undefined && setOffBy === undefined;

/** Charged uses, by the tables; now and then these are a moment behind. */
export class FoundCharges extends ChargedUses {
  constructor(
    private readonly tables: ChargeTables,
    private readonly isBehind: () => boolean,
  ) {
    super(undefined as never, undefined as never, undefined as never);
  }

  override walletsOf(usageIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = usageIds.flatMap((usageId) => {
      const walletId = this.tables.walletOf(usageId);
      return walletId === undefined ? [] : [[usageId, walletId] as const];
    });
    return Promise.resolve(new Map(found));
  }

  override soFar(lane: number, usageIds: readonly string[]): Promise<ReadonlyMap<string, KnownUse>> {
    const missing = this.isBehind() ? 1 : 0;
    return Promise.resolve(new Map(usageIds.map((usageId) => [usageId, this.tables.soFar(lane, usageId, missing)])));
  }
}

/** Periods' accounts, by the tables; now and then these are a moment behind. */
export class FoundPeriods extends PeriodAccounts {
  constructor(
    private readonly tables: ChargeTables,
    private readonly isBehind: () => boolean,
  ) {
    super(undefined as never, undefined as never);
  }

  override walletsOf(period: string): Promise<readonly string[]> {
    return Promise.resolve(this.tables.periods.walletsOf(period));
  }

  override soFar(
    lane: number,
    walletId: string,
    periods: readonly string[],
  ): Promise<ReadonlyMap<string, KnownPeriod>> {
    const isBehind = this.isBehind();
    const known = (period: string) => this.tables.periods.soFar(lane, walletId, period, isBehind);
    return Promise.resolve(new Map(periods.map((period) => [period, known(period)])));
  }
}

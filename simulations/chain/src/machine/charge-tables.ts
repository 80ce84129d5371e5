import type { EventOf, WalletCharged, WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { afterCharged, type KnownUse, unknownUse, useMark } from '@tokengrid/wallet/decisions/rules/use-so-far';
import { ChargedUses } from '@tokengrid/wallet/projections/charged-uses';

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
}

/** Uses that wallets have to do with, as the service's own tables have them. */
export class ChargeTables {
  /** By id of the use. */
  private readonly events = new Map<string, Charged[]>();
  private readonly waiting = new Map<string, WaitingRow>();

  see(event: Recorded<WalletEvent>): void {
    if (event.type !== 'WalletCharged') return;
    const { lane, sequence, data } = event;
    const { walletId, partyId } = data;
    for (const { usageId } of [...data.uses, ...data.refunded]) {
      this.remember(usageId, event);
      this.waiting.delete(usageId);
    }
    for (const { usageId, chargeId, key: keyId = null } of data.refused) {
      this.remember(usageId, event);
      const since = this.waiting.get(usageId)?.since ?? sequence;
      this.waiting.set(usageId, { lane, walletId, usageId, chargeId, partyId, keyId, since });
    }
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
    return [...this.waiting.values()]
      .filter((row) => row.lane === lane && row.walletId === walletId)
      .filter((row) => row.since > since || (row.since === since && row.usageId > usageId))
      .sort((one, other) => one.since - other.since || (one.usageId < other.usageId ? -1 : 1))
      .slice(0, most);
  }
}

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

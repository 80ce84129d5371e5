import { Inject, Injectable } from '@nestjs/common';
import type { ChargedUse, RefundedUse, WalletEvent } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { DataSource, In } from 'typeorm';
import { afterCharged, type KnownUse, unknownUse, useMark } from '../decisions/rules/use-so-far.ts';
import { Lanes } from '../streams/lanes.ts';
import { ChargedUseRow, UseChangeRow } from './charged-uses.table.ts';
import { chargesAt } from './charges-at.ts';

/** True for the id of a charge. */
export const isChargeId = (id: string): boolean => id.startsWith('chg_');

/** The event of a use: its wallet, and its place. */
export interface EventOfUse {
  readonly lane: number;
  readonly walletId: string;
  readonly sequence: number;
}

/** Charged, refused and refunded uses, which are in their events. */
@Injectable()
export class ChargedUses {
  constructor(
    private readonly database: DataSource,
    private readonly lanes: Lanes,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'eventsAfter'>,
  ) {}

  /** The event that charged or refunded a use, by the charge's id, which does not tell the lane. */
  async find(chargeId: string): Promise<EventOfUse | null> {
    const lane = In([...this.lanes.all]);
    const charged = await this.database.getRepository(ChargedUseRow).findOneBy({ lane, chargeId });
    return charged ?? this.database.getRepository(UseChangeRow).findOneBy({ lane, chargeId, waits: false });
  }

  /** Wallets that were to pay for uses, by the use's id; without uses that no wallet knows. */
  async walletsOf(usageIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const lane = In([...this.lanes.all]);
    const [charged, changed] = await Promise.all([
      this.database.getRepository(ChargedUseRow).findBy({ lane, chargeId: In(usageIds.map(chargeOf)) }),
      this.database.getRepository(UseChangeRow).findBy({ lane, usageId: In([...usageIds]) }),
    ]);
    return new Map([
      ...changed.map(({ usageId, walletId }) => [usageId, walletId] as const),
      ...charged.map(({ chargeId, walletId }) => [useOf(chargeId), walletId] as const),
    ]);
  }

  /** What the wallets of a lane have to do with uses so far. @throws EventsRetired */
  async soFar(lane: number, usageIds: readonly string[]): Promise<ReadonlyMap<string, KnownUse>> {
    const [charged, changed] = await Promise.all([
      this.database.getRepository(ChargedUseRow).findBy({ lane, chargeId: In(usageIds.map(chargeOf)) }),
      this.database.getRepository(UseChangeRow).findBy({ lane, usageId: In([...usageIds]) }),
    ]);
    const places = [
      ...charged.map(({ chargeId, sequence }) => ({ usageId: useOf(chargeId), sequence })),
      ...changed.map(({ usageId, sequence }) => ({ usageId, sequence })),
    ].sort((a, b) => a.sequence - b.sequence);
    const known = new Map<string, KnownUse>(usageIds.map((usageId) => [usageId, unknownUse]));
    for (const { usageId, sequence } of places) {
      const data = await chargesAt(this.store, lane, sequence);
      if (!data) throw new Error(`wallet/${lane}/${sequence} is no event of charges`);
      known.set(usageId, { ...afterCharged(known.get(usageId)!, usageId, data), mark: useMark(sequence) });
    }
    return known;
  }

  /**
   * Uses that an event charged to a wallet, or gave back; undefined for another event.
   * @throws EventsRetired
   */
  async of(walletId: string, sequence: number): Promise<readonly (ChargedUse | RefundedUse)[] | undefined> {
    const data = await chargesAt(this.store, this.lanes.of(walletId), sequence);
    return data?.walletId === walletId ? [...data.uses, ...data.refunded.map(asDebit)] : undefined;
  }
}

const chargeOf = (usageId: string): string => `chg_${usageId.slice('usg_'.length)}`;
const useOf = (chargeId: string): string => `usg_${chargeId.slice('chg_'.length)}`;
const asDebit = (use: RefundedUse): RefundedUse => ({ ...use, tokens: -use.tokens });

import { Inject, Injectable } from '@nestjs/common';
import { type ChargedUse, decodeData, WalletCharged, type WalletEvent } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { DataSource, In } from 'typeorm';
import { Lanes } from '../streams/lanes.ts';
import { ChargedUseRow } from './charged-uses.table.ts';

/** True for the id of a charge. */
export const isChargeId = (id: string): boolean => id.startsWith('chg_');

/** Charged uses, which are in their events. */
@Injectable()
export class ChargedUses {
  constructor(
    private readonly database: DataSource,
    private readonly lanes: Lanes,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'eventsAfter'>,
  ) {}

  /** The event that charged a use, by the charge's id, which does not tell the lane. */
  find(chargeId: string): Promise<ChargedUseRow | null> {
    return this.database.getRepository(ChargedUseRow).findOneBy({ lane: In([...this.lanes.all]), chargeId });
  }

  /**
   * Uses that an event charged to a wallet; undefined for another event.
   * @throws EventsRetired
   */
  async of(walletId: string, sequence: number): Promise<readonly ChargedUse[] | undefined> {
    const [found] = await this.store.eventsAfter(this.lanes.of(walletId), sequence - 1, 1);
    if (found?.event.streamId !== walletId || found.event.type !== WalletCharged.type) return undefined;
    const { version, value } = found.event;
    return decodeData(WalletCharged, version, value).uses;
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { Lanes } from '../streams/lanes.ts';
import { Entries } from './entries.ts';
import { WalletStatusRow } from './wallet-statuses.table.ts';
import { WalletRow } from './wallets.table.ts';

/** Balance of a wallet at some time, with the last event that had changed it. */
export interface Balance extends Pick<WalletRow, 'walletId' | 'partyId' | 'status' | 'available' | 'held' | 'debt'> {
  readonly asOf: { readonly lane: number; readonly sequence: number };
}

/** Present and past balances of wallets. */
@Injectable()
export class Balances {
  constructor(
    private readonly database: DataSource,
    private readonly entries: Entries,
    private readonly lanes: Lanes,
  ) {}

  /** `undefined` for a wallet that is not open yet. */
  async now(walletId: string): Promise<Balance | undefined> {
    const row = await this.wallet(walletId);
    if (!row) return undefined;
    const { partyId, status, available, held, debt, lane, sequence } = row;
    return { walletId, partyId, status, available, held, debt, asOf: { lane, sequence } };
  }

  /**
   * Balance at a time (epoch milliseconds, all of it included); `undefined` before the wallet was
   * open.
   */
  async at(walletId: string, time: number): Promise<Balance | undefined> {
    const [wallet, status, entry] = await Promise.all([
      this.wallet(walletId),
      this.statusAt(walletId, time),
      this.entries.last(walletId, time + 1),
    ]);
    if (!wallet || !status) return undefined;
    const sequence = Math.max(status.sequence, entry?.sequence ?? 0);
    return {
      walletId,
      partyId: wallet.partyId,
      status: status.status,
      available: entry?.balanceAfter ?? 0n,
      held: entry?.heldAfter ?? 0n,
      debt: entry?.debtAfter ?? 0n,
      asOf: { lane: wallet.lane, sequence },
    };
  }

  private wallet(walletId: string): Promise<WalletRow | null> {
    return this.database.getRepository(WalletRow).findOneBy({ lane: this.lanes.of(walletId), walletId });
  }

  private statusAt(walletId: string, time: number): Promise<WalletStatusRow | null> {
    return this.database.getRepository(WalletStatusRow).findOne({
      where: { lane: this.lanes.of(walletId), walletId, time: LessThanOrEqual(time) },
      order: { sequence: 'DESC' },
    });
  }
}

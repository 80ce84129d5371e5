import { Injectable } from '@nestjs/common';
import { notFound, type Principal } from '@tokengrid/service';
import { DataSource, In } from 'typeorm';
import type { KnownHold } from '../decisions/rules/resolved-holds.ts';
import { Lanes } from '../streams/lanes.ts';
import { HoldRow } from './holds.table.ts';
import { findInLanes } from './in-lanes.ts';
import { SharedLook } from './shared-look.ts';
import { WalletDirectory } from './wallet-directory.ts';

/** A hold with its wallet and status. */
export interface FoundHold extends KnownHold {
  readonly walletId: string;
  readonly memberIds: readonly string[];
}

/** Holds and their wallets. */
@Injectable()
export class HoldDirectory {
  private readonly look = new SharedLook((holdIds: readonly string[]) => this.find(holdIds));

  constructor(
    private readonly database: DataSource,
    private readonly wallets: WalletDirectory,
    private readonly lanes: Lanes,
  ) {}

  /**
   * The hold, for callers who may reach its wallet, and for the member that placed it.
   * @param inWallet the wallet that the caller states, if any
   * @throws ProblemError 404 for others' holds and other wallets', as for none
   */
  async mustReach(caller: Principal, holdId: string, inWallet?: string): Promise<FoundHold> {
    const hold = await this.look.of(holdId);
    if (inWallet !== undefined && hold?.walletId !== inWallet) throw noHold(holdId);
    if (!hold) throw noHold(holdId);
    const own = hold.memberIds.includes(caller.partyId);
    if (!own && !(await this.wallets.reaches(caller, hold.walletId))) throw noHold(holdId);
    return hold;
  }

  /**
   * Admits a caller that may see a hold: one that reaches its wallet, or the member that placed it
   * while it is one.
   * @throws ProblemError 404
   */
  async maySee(caller: Principal, holdId: string): Promise<void> {
    const { walletId } = await this.mustReach(caller, holdId);
    if (await this.wallets.reachesAsMember(caller, walletId)) return;
    throw noHold(holdId);
  }

  private async find(holdIds: readonly string[]): Promise<ReadonlyMap<string, FoundHold>> {
    const rows = await findInLanes(this.lanes, holdIds, (lane, ids) =>
      this.database.getRepository(HoldRow).find({
        where: { lane, holdId: In([...ids]) },
        select: { holdId: true, walletId: true, memberIds: true, status: true, expiresAt: true },
      }),
    );
    return new Map(rows.map((row) => [row.holdId, row]));
  }
}

const noHold = (holdId: string) => notFound(`no such hold of yours: ${holdId}`);

import { Inject, Injectable } from '@nestjs/common';
import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import { notFound, type Principal, serviceConfig } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';
import { DataSource, In } from 'typeorm';
import type { WalletConfig } from '../config.ts';
import { Lanes } from '../streams/lanes.ts';
import { findInLanes } from './in-lanes.ts';
import { MemberDirectory } from './member-directory.ts';
import { SharedLook } from './shared-look.ts';
import { WalletRow } from './wallets.table.ts';

/** Open wallets. A wallet that was opened stays, so one that was found is not looked up again. */
@Injectable()
export class WalletDirectory {
  private readonly seen: LRUCache<string, true>;
  private readonly look = new SharedLook((walletIds: readonly string[]) => this.find(walletIds));

  constructor(
    private readonly database: DataSource,
    private readonly members: MemberDirectory,
    private readonly lanes: Lanes,
    @Inject(serviceConfig) { maxKnownWallets }: Pick<WalletConfig, 'maxKnownWallets'>,
  ) {
    this.seen = new LRUCache({ max: maxKnownWallets });
  }

  /** True if a wallet is open. */
  async knows(walletId: string): Promise<boolean> {
    return this.seen.get(walletId) ?? (await this.look.of(walletId)) === true;
  }

  /** True if a caller may see and use a wallet: its own, or any for the operator. */
  async reaches({ partyId }: Principal, walletId: string): Promise<boolean> {
    const mine = partyId === operatorPartyId || walletIdOf(partyId) === walletId;
    return mine && (await this.knows(walletId));
  }

  /**
   * Admits a caller to a wallet that it reaches.
   * @throws ProblemError 404 for others' wallets, as for those that are not open
   */
  async mustReach(caller: Principal, walletId: string): Promise<void> {
    if (!(await this.reaches(caller, walletId))) throw noWallet(walletId);
  }

  /**
   * The same for actions that members may take, too. The decision checks the membership and its
   * caps.
   * @throws ProblemError 404
   */
  async mustReachAsMember(caller: Principal, walletId: string): Promise<void> {
    if (!(await this.reachesAsMember(caller, walletId))) throw noWallet(walletId);
  }

  /** True if a caller reaches a wallet, or is a member of it now. */
  async reachesAsMember(caller: Principal, walletId: string): Promise<boolean> {
    if (await this.reaches(caller, walletId)) return true;
    return (await this.members.walletsOf(caller.partyId)).includes(walletId);
  }

  private async find(asked: readonly string[]): Promise<ReadonlyMap<string, true>> {
    const wallets = await findInLanes(this.lanes, asked, (lane, ids) =>
      this.database.getRepository(WalletRow).find({
        where: { lane, walletId: In([...ids]) },
        select: { walletId: true },
      }),
    );
    for (const { walletId } of wallets) this.seen.set(walletId, true);
    return new Map(wallets.map(({ walletId }) => [walletId, true]));
  }
}

export const noWallet = (walletId: string) => notFound(`no such wallet of yours: ${walletId}`);

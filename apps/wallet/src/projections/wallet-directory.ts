import { Inject, Injectable } from '@nestjs/common';
import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import { notFound, type Principal, serviceConfig } from '@tokengrid/service';
import { DataSource, In } from 'typeorm';
import type { WalletConfig } from '../config.ts';
import { WalletRow } from './wallets.table.ts';

/** Which wallets there are. A wallet that was opened stays, so that what was seen once need not be looked for again. */
@Injectable()
export class WalletDirectory {
  private readonly seen = new Set<string>();
  /** The look that has not begun: whoever asks in this turn of the event loop shares one query. */
  private next: { readonly asked: Set<string>; readonly found: Promise<ReadonlySet<string>> } | undefined;

  constructor(
    private readonly database: DataSource,
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'maxKnownWallets'>,
  ) {}

  /** Whether a wallet is open. */
  async knows(walletId: string): Promise<boolean> {
    if (this.seen.has(walletId)) return true;
    const { asked, found } = (this.next ??= this.lookSoon());
    asked.add(walletId);
    return (await found).has(walletId);
  }

  /**
   * Lets a caller through to its own wallet, and the operator to any.
   * @throws ProblemError 404 for others' wallets, as for those that are not open
   */
  async mustReach({ partyId }: Principal, walletId: string): Promise<void> {
    const mine = partyId === operatorPartyId || walletIdOf(partyId) === walletId;
    if (!mine || !(await this.knows(walletId))) throw noWallet(walletId);
  }

  private lookSoon() {
    const asked = new Set<string>();
    const turn = new Promise((resolve) => setImmediate(resolve));
    return { asked, found: turn.then(() => this.look(asked)) };
  }

  private async look(asked: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    this.next = undefined;
    const wallets = await this.database.getRepository(WalletRow).find({
      where: { walletId: In([...asked]) },
      select: { walletId: true },
    });
    const found = new Set(wallets.map(({ walletId }) => walletId));
    if (this.seen.size + found.size > this.settings.maxKnownWallets) this.seen.clear();
    for (const walletId of found) this.seen.add(walletId);
    return found;
  }
}

export const noWallet = (walletId: string) => notFound(`there is no wallet ${walletId} of yours`);

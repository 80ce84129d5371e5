import { Injectable } from '@nestjs/common';
import { notFound, type Principal } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { PurchaseRow } from './purchases.table.ts';
import { WalletDirectory } from './wallet-directory.ts';

/** The purchases that there are. */
@Injectable()
export class PurchaseDirectory {
  constructor(
    private readonly database: DataSource,
    private readonly wallets: WalletDirectory,
  ) {}

  async find(purchaseId: string): Promise<PurchaseRow | undefined> {
    return (await this.database.getRepository(PurchaseRow).findOneBy({ purchaseId })) ?? undefined;
  }

  /**
   * A purchase of the caller's; the operator reaches all.
   * @throws ProblemError 404 for others' purchases, as for those that there are not
   */
  async mustReach(caller: Principal, purchaseId: string): Promise<PurchaseRow> {
    const purchase = await this.find(purchaseId);
    if (!purchase || !(await this.wallets.reaches(caller, purchase.walletId))) {
      throw notFound(`there is no purchase ${purchaseId} of yours`);
    }
    return purchase;
  }
}

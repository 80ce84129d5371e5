import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { laneAccount } from '../decisions/postings.ts';
import { Lanes } from '../lanes.ts';
import { LedgerAccount } from './ledger-accounts.table.ts';

/** What charges put into escrow, by the ledger. */
@Injectable()
export class Escrow {
  private readonly lanesOfAccounts: ReadonlyMap<string, number>;

  constructor(
    private readonly database: DataSource,
    lanes: Lanes,
  ) {
    this.lanesOfAccounts = new Map(lanes.all.map((lane) => [laneAccount(lane, 'escrow'), lane]));
  }

  /** µAIT that charges have put into each lane's escrow so far; lanes without any are not in it. Only ever grows. */
  async chargedByLane(): Promise<ReadonlyMap<number, bigint>> {
    const accounts = await this.database
      .getRepository(LedgerAccount)
      .findBy({ account: In([...this.lanesOfAccounts.keys()]) });
    return new Map(accounts.map(({ account, credited }) => [this.lanesOfAccounts.get(account)!, credited]));
  }
}

import { Injectable } from '@nestjs/common';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { DataSource, In } from 'typeorm';
import { laneAccount, tokenAsset } from '../decisions/rules/postings.ts';
import { Lanes } from '../streams/lanes.ts';
import { LaneAccountRow } from './lane-accounts.table.ts';

/** Charges paid into escrow, by the ledger. */
@Injectable()
export class Escrow {
  private readonly accounts: readonly string[];

  constructor(
    private readonly database: DataSource,
    lanes: Lanes,
  ) {
    this.accounts = lanes.all.map((lane) => laneAccount(lane, 'escrow'));
  }

  /**
   * µAIT that charges, and fees that filled it up, have put into each lane's escrow so far; lanes
   * without any are absent. It only grows: what refunds took out is not counted.
   */
  async chargedByLane(): Promise<ReadonlyMap<number, bigint>> {
    const accounts = await this.database
      .getRepository(LaneAccountRow)
      .find({ where: { account: In([...this.accounts]), asset: tokenAsset }, comment: inAllLanes });
    return new Map(accounts.map(({ lane, credited }) => [lane, credited]));
  }
}

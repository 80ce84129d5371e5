import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';

/** Sequences that share a snapshot: what has to be read of a lane's events, at most, to know its books at any of them. */
export const blockEvents = 256;

/** The block of a sequence: 1 to 256 are in the first, 0. */
export const blockOf = (sequence: number): number => Math.floor((sequence - 1) / blockEvents);

/** One account's turnover so far: account, asset, credited, debited. */
export type Turnover = readonly [account: string, asset: string, credited: string, debited: string];

/** A lane's books as they were before the first event of a block that moved anything; where a block has no such event, it has no row. */
@Entity('ledger_snapshots')
export class LedgerSnapshotRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn(integerColumn('block'))
  block!: number;

  /** Of that first event. */
  @Column(integerColumn('sequence'))
  sequence!: number;

  @Column({ name: 'accounts', type: 'jsonb' })
  accounts!: readonly Turnover[];
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';

/**
 * Number of sequences that share a snapshot: the maximum of events to read for a lane's books at
 * any sequence.
 */
export const blockEvents = 256;

/** Block of a sequence: 1 to 256 are in the first, 0. */
export const blockOf = (sequence: number): number => Math.floor((sequence - 1) / blockEvents);

/** Turnover of one account: account, asset, credited, debited. */
export type Turnover = readonly [account: string, asset: string, credited: string, debited: string];

/** Books of a lane before the first movement in a block; a block without movements has no row. */
@Entity('ledger_snapshots')
export class LedgerSnapshotRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn(integerColumn('block'))
  block!: number;

  /** Sequence of that first movement. */
  @Column(integerColumn('sequence'))
  sequence!: number;

  @Column({ name: 'accounts', type: 'jsonb' })
  accounts!: readonly Turnover[];
}

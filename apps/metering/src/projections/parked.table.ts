import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Use } from '../decisions/state/payer.ts';
import { integerColumn } from '@tokengrid/service';

/** A parked use. */
@Entity('parked_usage')
export class ParkedRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  /** The thing it waits for: `model:<name>`, `app:<slug>`, `party:<id>` … */
  @Column({ name: 'waits_for', type: 'text' })
  waitsFor!: string;

  @Column({ name: 'reported_by', type: 'text' })
  reportedBy!: string;

  @Column({ name: 'use', type: 'jsonb' })
  use!: Use;

  /** Sequence of the `UsageParked` event. */
  @Column(integerColumn('sequence'))
  sequence!: number;

  /** Index of the use in that event. */
  @Column({ name: 'place', type: 'smallint' })
  place!: number;

  @Column(integerColumn('parked_at'))
  parkedAt!: number;
}

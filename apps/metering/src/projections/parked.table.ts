import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Use } from '../decisions/state/usage.ts';
import { integerColumn } from '@tokengrid/service';

/** A parked use. */
@Entity('parked_usage')
export class ParkedRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  /** The thing it waits for: `model:<name>`, `app:<slug>`, `party:<id>` … */
  @Column({ name: 'waits_for', type: 'text' })
  waitsFor!: string;

  @Column({ name: 'reported_by', type: 'text' })
  reportedBy!: string;

  @Column({ name: 'use', type: 'jsonb' })
  use!: Use;

  /** Id of the `UsageParked` event. */
  @Column({ name: 'parked_by', type: 'text' })
  parkedBy!: string;

  @Column(integerColumn('parked_at'))
  parkedAt!: number;
}

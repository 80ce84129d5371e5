import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeColumn } from './columns.ts';

/** An app that a developer made. */
@Entity('apps')
export class AppRow {
  @PrimaryColumn({ name: 'app_id', type: 'text' })
  appId!: string;

  @Column({ name: 'slug', type: 'text' })
  slug!: string;

  @Column({ name: 'developer_id', type: 'text' })
  developerId!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'suspended', type: 'boolean' })
  suspended!: boolean;

  /** Epoch milliseconds. */
  @Column(timeColumn('created_at'))
  createdAt!: number;
}

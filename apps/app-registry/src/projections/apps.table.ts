import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';

/** An app. */
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

  /** What the name looks like. */
  @Column({ name: 'name_skeleton', type: 'text' })
  nameSkeleton!: string;

  @Column({ name: 'suspended', type: 'boolean' })
  suspended!: boolean;

  /** Epoch milliseconds. */
  @Column(integerColumn('created_at'))
  createdAt!: number;
}

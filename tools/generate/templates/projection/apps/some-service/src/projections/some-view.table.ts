import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of the read model some view. */
@Entity('some_view')
export class SomeViewRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'stream_id', type: 'text' })
  streamId!: string;

  /** Events counted. */
  @Column({ name: 'events', type: 'int' })
  events!: number;
}

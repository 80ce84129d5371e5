import { integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person. Name and address are encrypted with the person's key, and null once erased. */
@Entity('people')
export class PersonRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'user_id', type: 'text' })
  userId!: string;

  @Column({ name: 'contact_stream_id', type: 'text' })
  contactStreamId!: string;

  @Column({ name: 'name', type: 'text', nullable: true })
  name!: string | null;

  @Column({ name: 'email', type: 'text', nullable: true })
  email!: string | null;

  @Column({ name: 'email_proved', type: 'boolean' })
  emailProved!: boolean;

  @Column({ name: 'erased', type: 'boolean' })
  erased!: boolean;

  /** Epoch milliseconds. */
  @Column(integerColumn('registered_at'))
  registeredAt!: number;
}

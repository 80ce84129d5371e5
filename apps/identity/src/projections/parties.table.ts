import type { PartyKind } from '@tokengrid/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';

/**
 * A party in its current state. Names, addresses and numbers are encrypted with the key of
 * `personId`, and null once erased.
 */
@Entity('parties')
export class PartyRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: PartyKind;

  @Column({ name: 'status', type: 'text' })
  status!: 'active' | 'suspended';

  /** Owner of an organization; a subscriber is its own person. */
  @Column({ name: 'person_id', type: 'text' })
  personId!: string;

  /** Name of the organization or the subscriber. */
  @Column({ name: 'name', type: 'text', nullable: true })
  name!: string | null;

  @Column({ name: 'owner_name', type: 'text', nullable: true })
  ownerName!: string | null;

  @Column({ name: 'email', type: 'text', nullable: true })
  email!: string | null;

  @Column({ name: 'msisdn', type: 'text', nullable: true })
  msisdn!: string | null;

  @Column({ name: 'erased', type: 'boolean' })
  erased!: boolean;

  /** Epoch milliseconds. */
  @Column(integerColumn('registered_at'))
  registeredAt!: number;
}

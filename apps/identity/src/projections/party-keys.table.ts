import { Column, Entity, PrimaryColumn } from 'typeorm';
import { optionalIntegerColumn, integerColumn } from '@tokengrid/service';
import type { StatedLimits } from './stated-limits.ts';

/** An API key for its owner: everything but its secret, of which only the hash exists. */
@Entity('party_keys')
export class PartyKeyRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'scopes', type: 'text', array: true })
  scopes!: string[];

  /** Epoch milliseconds. */
  @Column(integerColumn('issued_at'))
  issuedAt!: number;

  /** Epoch milliseconds; null: never. */
  @Column(optionalIntegerColumn('expires_at'))
  expiresAt!: number | null;

  /** The key that requested it. */
  @Column({ name: 'minted_by', type: 'text', nullable: true })
  mintedBy!: string | null;

  /** Its successor. */
  @Column({ name: 'successor_id', type: 'text', nullable: true })
  successorId!: string | null;

  /** The key that it was minted from and ends with. */
  @Column({ name: 'parent', type: 'text', nullable: true })
  parent!: string | null;

  @Column({ name: 'limits', type: 'jsonb' })
  limits!: StatedLimits;

  @Column({ name: 'revoked', type: 'boolean' })
  revoked!: boolean;
}

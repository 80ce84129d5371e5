import { Column, Entity, PrimaryColumn } from 'typeorm';
import { optionalIntegerColumn, integerColumn } from '@tokengrid/service';

/** An API key as its owner sees it: all but its secret, of which nothing but the hash exists. */
@Entity('party_keys')
export class PartyKeyRow {
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

  /** The key that asked for it. */
  @Column({ name: 'minted_by', type: 'text', nullable: true })
  mintedBy!: string | null;

  /** The key that it was rotated into. */
  @Column({ name: 'successor_id', type: 'text', nullable: true })
  successorId!: string | null;

  @Column({ name: 'revoked', type: 'boolean' })
  revoked!: boolean;
}

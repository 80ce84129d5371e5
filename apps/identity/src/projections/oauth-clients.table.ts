import type { ClientKey } from '@tokengrid/contracts';
import { integerColumn, optionalIntegerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An OAuth client. Its secrets are known by their hashes only. */
@Entity('oauth_clients')
export class OauthClientRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'client_id', type: 'text' })
  clientId!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'scopes', type: 'text', array: true })
  scopes!: string[];

  /** The API key that registered it. */
  @Column({ name: 'minted_by', type: 'text' })
  mintedBy!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('registered_at'))
  registeredAt!: number;

  /** Hex SHA-256; null for a client with public keys. */
  @Column({ name: 'secret_hash', type: 'text', nullable: true })
  secretHash!: string | null;

  /** Hash of the secret before the last rotation. */
  @Column({ name: 'earlier_hash', type: 'text', nullable: true })
  earlierHash!: string | null;

  /** End of the earlier secret, epoch milliseconds. */
  @Column(optionalIntegerColumn('earlier_until'))
  earlierUntil!: number | null;

  @Column({ name: 'public_keys', type: 'jsonb', nullable: true })
  publicKeys!: ClientKey[] | null;

  /** Null for a client of programs alone. */
  @Column({ name: 'redirect_uris', type: 'text', array: true, nullable: true })
  redirectUris!: string[] | null;

  @Column({ name: 'deleted', type: 'boolean' })
  deleted!: boolean;
}

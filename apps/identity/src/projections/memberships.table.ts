import type { KeyHolderKind, Role } from '@tokengrid/contracts';
import { integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who acts for a party. Ended memberships have no row. */
@Entity('memberships')
export class MembershipRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'party_id', type: 'text' })
  partyId!: string;

  @PrimaryColumn({ name: 'user_id', type: 'text' })
  userId!: string;

  @Column({ name: 'party_kind', type: 'text' })
  partyKind!: KeyHolderKind;

  @Column({ name: 'role', type: 'text' })
  role!: Role;

  /** Epoch milliseconds. */
  @Column(integerColumn('joined_at'))
  joinedAt!: number;
}

/** An invitation that is neither accepted nor withdrawn; it may have expired. */
@Entity('invitations')
export class InvitationRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'invitation_id', type: 'text' })
  invitationId!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  /** Person with whose key the address is encrypted. */
  @Column({ name: 'user_id', type: 'text' })
  userId!: string;

  @Column({ name: 'role', type: 'text' })
  role!: Role;

  @Column({ name: 'email', type: 'text' })
  email!: string;

  @Column({ name: 'invited_by', type: 'text' })
  invitedBy!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('expires_at'))
  expiresAt!: number;
}

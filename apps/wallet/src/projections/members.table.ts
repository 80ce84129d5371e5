import { integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who may spend from a wallet beside its owner, and the owner's keys that have caps. */
@Entity('members')
export class MemberRow {
  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** A party's id, or a key's. */
  @PrimaryColumn({ name: 'member_id', type: 'text' })
  memberId!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('since'))
  since!: number;
}

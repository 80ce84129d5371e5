import { integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A member of a wallet: another party, or a key of the owner with caps. */
@Entity('members')
export class MemberRow {
  @PrimaryColumn({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** Id of a party or a key. */
  @PrimaryColumn({ name: 'member_id', type: 'text' })
  memberId!: string;

  /** Epoch milliseconds. */
  @Column(integerColumn('since'))
  since!: number;
}

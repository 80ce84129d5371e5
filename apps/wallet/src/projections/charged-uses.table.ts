import { integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Event of a charged use, whose content it is: a wallet is charged many uses by one event. */
@Entity('charged_uses')
export class ChargedUseRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'charge_id', type: 'text' })
  chargeId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** Sequence of the event in the lane. */
  @Column(integerColumn('sequence'))
  sequence!: number;
}

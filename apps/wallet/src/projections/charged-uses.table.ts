import { amountColumn, integerColumn } from '@tokengrid/service';
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

/**
 * Event about a use after the one that charged it: a refusal, a correction, or a charge of what had
 * waited. Most uses have none.
 */
@Entity('use_changes')
export class UseChangeRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  /** Sequence of the event in the lane. */
  @PrimaryColumn(integerColumn('sequence'))
  sequence!: number;

  /** Id of the receipt of what the event moved. */
  @Column({ name: 'charge_id', type: 'text' })
  chargeId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** True if the use waits by this event, which moved nothing. */
  @Column({ name: 'waits', type: 'boolean' })
  waits!: boolean;
}

/** A use that waits for tokens. */
@Entity('waiting_uses')
export class WaitingUseRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'usage_id', type: 'text' })
  usageId!: string;

  @Column({ name: 'wallet_id', type: 'text' })
  walletId!: string;

  /** Sequence of the event that refused it first: the oldest wait in front. */
  @Column(integerColumn('since'))
  since!: number;

  @Column({ name: 'charge_id', type: 'text' })
  chargeId!: string;

  /** Payer of the use. */
  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  /** Key that it was used with. */
  @Column({ name: 'key_id', type: 'text', nullable: true })
  keyId!: string | null;

  @Column(amountColumn('tokens'))
  tokens!: bigint;

  /** Subscription's period that it counts in. */
  @Column({ name: 'period', type: 'text', nullable: true })
  period!: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn } from '@tokengrid/service';

/** Earnings of a party in one role, with the number of uses; tokens as a decimal string. */
export interface StatementLine {
  readonly partyId: string;
  readonly role: string;
  readonly tokens: string;
  readonly uses: number;
}

/** A party's statement for a period. */
@Entity('statements')
export class StatementRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'statement_id', type: 'text' })
  statementId!: string;

  @Column({ name: 'period', type: 'text' })
  period!: string;

  @Column({ name: 'party_id', type: 'text' })
  partyId!: string;

  @Column({ name: 'lines', type: 'jsonb' })
  lines!: StatementLine[];

  @Column(amountColumn('tokens'))
  tokens!: bigint;
}

/** Payments for a statement out of one wallet lane's escrow. */
@Entity('statement_payments')
export class PaymentRow {
  @PrimaryColumn({ name: 'lane', type: 'int' })
  lane!: number;

  @PrimaryColumn({ name: 'statement_id', type: 'text' })
  statementId!: string;

  @PrimaryColumn({ name: 'wallet_lane', type: 'int' })
  walletLane!: number;

  @Column(amountColumn('tokens'))
  tokens!: bigint;

  /** Id of the wallet's event. */
  @Column({ name: 'paid_by', type: 'text' })
  paidBy!: string;
}

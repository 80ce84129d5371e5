import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn, integerColumn } from '@tokengrid/service';

/**
 * A posted price. In force is the one with the latest time among those whose time has come and that
 * were not withdrawn; of equals, the last posted.
 */
@Entity('token_prices')
export class TokenPriceRow {
  @PrimaryColumn({ name: 'price_version', type: 'int' })
  priceVersion!: number;

  @Column({ name: 'currency', type: 'text' })
  currency!: string;

  @Column(amountColumn('buy'))
  buy!: bigint;

  @Column(amountColumn('sell_back'))
  sellBack!: bigint;

  /** Epoch milliseconds. */
  @Column(integerColumn('effective_from'))
  effectiveFrom!: number;

  @Column({ name: 'withdrawn', type: 'boolean' })
  withdrawn!: boolean;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';
import type { MeterPrice } from '../decisions/models/offer-model.ts';

/** Prices of an offer from a time on, until the next version. They never change. */
@Entity('model_prices')
export class ModelPricesRow {
  @PrimaryColumn({ name: 'model_id', type: 'text' })
  modelId!: string;

  @PrimaryColumn({ name: 'price_version', type: 'int' })
  priceVersion!: number;

  @Column({ name: 'prices', type: 'json' })
  prices!: MeterPrice[];

  /** The operator's share at these prices. */
  @Column({ name: 'operator_bps', type: 'int' })
  operatorBps!: number;

  /** Epoch milliseconds, by the lane's clock. */
  @Column(integerColumn('posted_at'))
  postedAt!: number;

  /** Epoch milliseconds. */
  @Column(integerColumn('effective_from'))
  effectiveFrom!: number;
}

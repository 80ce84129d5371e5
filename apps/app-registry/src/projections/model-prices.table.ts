import { Column, Entity, PrimaryColumn } from 'typeorm';
import { integerColumn } from '@tokengrid/service';
import type { MeterPrice } from '../decisions/models/offer-model.ts';

/** Prices of a model from a time on, until the next version. They never change. */
@Entity('model_prices')
export class ModelPricesRow {
  @PrimaryColumn({ name: 'model_id', type: 'text' })
  modelId!: string;

  @PrimaryColumn({ name: 'price_version', type: 'int' })
  priceVersion!: number;

  @Column({ name: 'prices', type: 'json' })
  prices!: MeterPrice[];

  /** Epoch milliseconds, by the lane's clock. */
  @Column(integerColumn('posted_at'))
  postedAt!: number;

  /** Epoch milliseconds. */
  @Column(integerColumn('effective_from'))
  effectiveFrom!: number;
}

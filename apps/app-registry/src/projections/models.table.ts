import type { dataPromises } from '@tokengrid/contracts';
import { integerColumn } from '@tokengrid/service';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { z } from 'zod';
import type { ModelStatus } from '../decisions/state/model.ts';

/** Promises of a provider about the requests that it serves. */
export type DataPromises = z.output<typeof dataPromises>;

/** An offer of a model. */
@Entity('models')
export class ModelRow {
  @PrimaryColumn({ name: 'model_id', type: 'text' })
  modelId!: string;

  /** As the model is spelt. */
  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'provider_id', type: 'text' })
  providerId!: string;

  @Column({ name: 'endpoint', type: 'text' })
  endpoint!: string;

  @Column({ name: 'region', type: 'text' })
  region!: string;

  @Column({ name: 'capacity', type: 'int', nullable: true })
  capacity!: number | null;

  @Column({ name: 'tokenizer', type: 'text', nullable: true })
  tokenizer!: string | null;

  @Column({ name: 'data_promises', type: 'jsonb', nullable: true })
  dataPromises!: DataPromises | null;

  @Column({ name: 'status', type: 'text' })
  status!: ModelStatus;

  /** The operator's share of an offer that waits for approval; of others, prices have it. */
  @Column({ name: 'asked_bps', type: 'int' })
  askedBps!: number;

  /** Reasons for which the operator rejected it. */
  @Column({ name: 'reasons', type: 'jsonb', nullable: true })
  reasons!: string[] | null;

  /** Epoch milliseconds. */
  @Column(integerColumn('created_at'))
  createdAt!: number;
}

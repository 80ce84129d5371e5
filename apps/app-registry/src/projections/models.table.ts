import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A model on offer. */
@Entity('models')
export class ModelRow {
  @PrimaryColumn({ name: 'model_id', type: 'text' })
  modelId!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'provider_id', type: 'text' })
  providerId!: string;

  @Column({ name: 'endpoint', type: 'text' })
  endpoint!: string;

  @Column({ name: 'region', type: 'text' })
  region!: string;

  @Column({ name: 'operator_bps', type: 'int' })
  operatorBps!: number;
}

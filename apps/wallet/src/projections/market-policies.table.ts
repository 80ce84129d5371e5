import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A market policy, in force until the next version. */
@Entity('market_policies')
export class MarketPolicyRow {
  @PrimaryColumn({ name: 'version', type: 'int' })
  version!: number;

  /** Data of its event, as on the wire. */
  @Column({ name: 'policy', type: 'jsonb' })
  policy!: unknown;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the operator allowed on its market from some time on. In force is the latest version. */
@Entity('market_policies')
export class MarketPolicyRow {
  @PrimaryColumn({ name: 'version', type: 'int' })
  version!: number;

  /** The data of its event, as on the wire. */
  @Column({ name: 'policy', type: 'jsonb' })
  policy!: unknown;
}

import type { chargeEvents, EventsOf } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { ChargedUseRow } from './charged-uses.table.ts';

/** Events of charged uses, by the charge's id. */
export const chargedUses: Projection<EventsOf<typeof chargeEvents>, Omit<ChargedUseRow, 'lane'>[]> = {
  name: 'charged-uses',
  tables: ['charged_uses'],
  begin: () => [],
  on: {
    WalletCharged: (batch, { sequence, data: { walletId, uses } }) => {
      for (const { chargeId } of uses) batch.push({ chargeId, walletId, sequence });
    },
  },
  async flush(sql, batch, lane) {
    if (batch.length === 0) return;
    await sql.query(
      `insert into charged_uses (lane, charge_id, wallet_id, sequence)
       select $1::int, charged.* from unnest($2::text[], $3::text[], $4::bigint[]) charged`,
      [
        lane,
        batch.map(({ chargeId }) => chargeId),
        batch.map(({ walletId }) => walletId),
        batch.map(({ sequence }) => sequence),
      ],
    );
  },
};

import type { EventsOf, statusEvents, WalletStatus } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { EventPosition } from '@tokengrid/kernel';
import type { WalletStatusRow } from './wallet-statuses.table.ts';

type Batch = WalletStatusRow[];
/** A change of status; the opening event has no status and means open. */
type StatusChange = EventPosition & { readonly data: { readonly walletId: string; readonly status?: WalletStatus } };

function changeStatus(batch: Batch, { lane, sequence, time, data: { walletId, status = 'open' } }: StatusChange): void {
  batch.push({ lane, walletId, sequence, time, status });
}

/** Statuses of each wallet with their start. */
export const walletStatuses: Projection<EventsOf<typeof statusEvents>, Batch> = {
  name: 'wallet-statuses',
  tables: ['wallet_statuses'],
  begin: () => [],
  on: {
    WalletOpened: changeStatus,
    WalletFrozen: changeStatus,
    WalletUnfrozen: changeStatus,
    WalletClosed: changeStatus,
    WalletReopened: changeStatus,
    ClosureRefused: 'ignored',
    ReopeningRefused: 'ignored',
  },
  async flush(sql, batch, lane) {
    await sql.query(
      `insert into wallet_statuses (lane, wallet_id, sequence, time, status)
       select $1::int, changed.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) changed`,
      [
        lane,
        batch.map(({ walletId }) => walletId),
        batch.map(({ sequence }) => sequence),
        batch.map(({ time }) => time),
        batch.map(({ status }) => status),
      ],
    );
  },
};

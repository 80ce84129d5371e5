import type { EventsOf, statusEvents, WalletStatus } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { EventPosition } from '@tokengrid/kernel';
import type { WalletStatusRow } from './wallet-statuses.table.ts';

type Batch = WalletStatusRow[];
/** A wallet that was opened is open: the event need not say so. */
type StatusChange = EventPosition & { readonly data: { readonly walletId: string; readonly status?: WalletStatus } };

function changeStatus(batch: Batch, { sequence, time, data: { walletId, status = 'open' } }: StatusChange): void {
  batch.push({ walletId, sequence, time, status });
}

/** Which status each wallet had, and from when on. */
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
  async flush(sql, batch) {
    await sql.query(
      `insert into wallet_statuses (wallet_id, sequence, time, status)
       select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])`,
      [
        batch.map(({ walletId }) => walletId),
        batch.map(({ sequence }) => sequence),
        batch.map(({ time }) => time),
        batch.map(({ status }) => status),
      ],
    );
  },
};

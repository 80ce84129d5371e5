import type { EventOf, WalletEvent, WalletStatus } from '@tokengrid/contracts';
import { type statusEvents, walletEvents } from '@tokengrid/contracts';
import { ignoring } from '@tokengrid/event-store';
import type { Projection } from '@tokengrid/event-store';
import type { EventPosition } from '@tokengrid/kernel';
import type { WalletStatusRow } from './wallet-statuses.table.ts';

type Batch = WalletStatusRow[];
/** A wallet that was opened is open: the event need not say so. */
type StatusChange = EventPosition & { readonly data: { readonly walletId: string; readonly status?: WalletStatus } };

/** Each event of a wallet's status says what it leads to; a missing one does not compile. */
type OfStatus = Pick<Projection<WalletEvent, Batch>['on'], EventOf<(typeof statusEvents)[number]>['type']>;

function changeStatus(batch: Batch, { sequence, time, data: { walletId, status = 'open' } }: StatusChange): void {
  batch.push({ walletId, sequence, time, status });
}

/** Which status each wallet had, and from when on. */
export const walletStatuses: Projection<WalletEvent, Batch> = {
  name: 'wallet-statuses',
  tables: ['wallet_statuses'],
  begin: () => [],
  on: {
    ...ignoring(walletEvents),
    ...({
      WalletOpened: changeStatus,
      WalletFrozen: changeStatus,
      WalletUnfrozen: changeStatus,
      WalletClosed: changeStatus,
      WalletReopened: changeStatus,
      ClosureRefused: 'ignored',
      ReopeningRefused: 'ignored',
    } satisfies OfStatus),
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

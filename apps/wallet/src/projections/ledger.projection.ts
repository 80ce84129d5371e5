import type { Posting, WalletEvent } from '@tokengrid/contracts';
import {
  billLimitEvents,
  capacityEvents,
  marketPolicyEvents,
  paymentEvents,
  quoteEvents,
  tokenPriceEvents,
} from '@tokengrid/contracts';
import { ignoring } from '@tokengrid/event-store';
import type { Projection } from '@tokengrid/event-store';

/** What a batch moves in one account: µAIT or minor units, both ≥ 0. */
interface Turnover {
  readonly account: string;
  readonly asset: string;
  credited: bigint;
  debited: bigint;
}

type Batch = Map<string, Turnover>;
type Posted = { readonly data: { readonly postings: readonly Posting[] } };

function post(batch: Batch, { data }: Posted): void {
  for (const { account, asset, amount } of data.postings) {
    const key = `${asset} ${account}`;
    let turnover = batch.get(key);
    if (!turnover) batch.set(key, (turnover = { account, asset, credited: 0n, debited: 0n }));
    if (amount > 0n) turnover.credited += amount;
    else turnover.debited -= amount;
  }
}

/** Every account's turnover, by the postings of all that moved money: the trial balance. */
export const ledger: Projection<WalletEvent, Batch> = {
  name: 'ledger',
  tables: ['ledger_accounts'],
  begin: () => new Map(),
  on: {
    ...ignoring(tokenPriceEvents),
    ...ignoring(marketPolicyEvents),
    ...ignoring(quoteEvents),
    ...ignoring(paymentEvents),
    ...ignoring(billLimitEvents),
    ...ignoring(capacityEvents),
    TokensPurchased: post,
    TokensSold: post,
    TokensSent: post,
    TokensReceived: post,
    TransferReturned: post,
    TokensGranted: post,
    TokensExpired: post,
    WalletCharged: post,
    HoldPlaced: post,
    HoldExtended: post,
    HoldCaptured: post,
    HoldReleased: post,
    HoldExpired: post,
    VoucherIssued: post,
    VoucherReturned: post,
    VoucherRefunded: post,
    PlanReset: post,
    EscrowReleased: post,
    FeesCollected: post,
    EarningsReceived: post,
    WalletOpened: 'ignored',
    CapacityReceived: 'ignored',
    CapacityReturned: 'ignored',
    CapacityUsed: 'ignored',
    CapacityFreed: 'ignored',
    PlanAssigned: 'ignored',
    PlanRefused: 'ignored',
    PlanRenewalRefused: 'ignored',
    PlanEnded: 'ignored',
    VoucherRefused: 'ignored',
    PurchaseRefused: 'ignored',
    SaleRefused: 'ignored',
    TransferRefused: 'ignored',
    TransferDeclined: 'ignored',
    GrantRefused: 'ignored',
    ChargeRefused: 'ignored',
    HoldRefused: 'ignored',
    HoldExtensionRefused: 'ignored',
    CaptureRefused: 'ignored',
    HoldReleaseRefused: 'ignored',
    EscrowRefused: 'ignored',
  },
  async flush(sql, batch) {
    const turnovers = [...batch.values()];
    await sql.query(upsertTurnovers, [
      turnovers.map(({ account }) => account),
      turnovers.map(({ asset }) => asset),
      turnovers.map(({ credited }) => credited.toString()),
      turnovers.map(({ debited }) => debited.toString()),
    ]);
  },
};

const upsertTurnovers = `
  insert into ledger_accounts (account, asset, credited, debited)
  select * from unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[])
  on conflict (account, asset) do update
    set credited = ledger_accounts.credited + excluded.credited, debited = ledger_accounts.debited + excluded.debited`;

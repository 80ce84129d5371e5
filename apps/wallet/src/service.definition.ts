import type { WalletEvent } from '@tokengrid/contracts';
import { walletCatalogue, walletIdOf } from '@tokengrid/contracts';
import { dataOf, type ServiceDefinition } from '@tokengrid/service';
import { walletApi } from './api.ts';
import { type WalletLane, walletLane } from './decisions/state/wallet-lane.ts';
import { kindOf } from './decisions/state/stream-kinds.ts';
import { walletAnswers } from './http/answers.ts';
import { WalletProjections1764100000000 } from './migrations/1764100000000-wallet-projections.ts';
import { HoldsAndExpiry1764800000000 } from './migrations/1764800000000-holds-and-expiry.ts';
import { Market1764800000001 } from './migrations/1764800000001-market.ts';
import { LedgerByLane1764800000004 } from './migrations/1764800000004-ledger-by-lane.ts';
import { Members1764800000005 } from './migrations/1764800000005-members.ts';
import { Approvals1764800000006 } from './migrations/1764800000006-approvals.ts';
import { PeriodAccounts1764800000055 } from './migrations/1764800000055-period-accounts.ts';
import { approvals } from './projections/approvals.projection.ts';
import { ApprovalRow } from './projections/approvals.table.ts';
import { balances } from './projections/balances.projection.ts';
import { UseChanges1764800000040 } from './migrations/1764800000040-use-changes.ts';
import { chargedUses, usesLookUp } from './projections/charged-uses.projection.ts';
import { ChargedUseRow, UseChangeRow, WaitingUseRow } from './projections/charged-uses.table.ts';
import { EntryRow } from './projections/entries.table.ts';
import { expiringTokens } from './projections/expiring-tokens.projection.ts';
import { ExpiringTokensRow } from './projections/expiring-tokens.table.ts';
import { holds } from './projections/holds.projection.ts';
import { HoldRow } from './projections/holds.table.ts';
import { LaneAccountRow } from './projections/lane-accounts.table.ts';
import { LedgerSnapshotRow } from './projections/ledger-snapshots.table.ts';
import { ledger } from './projections/ledger.projection.ts';
import { marketPoliciesSet } from './projections/market-policies.projection.ts';
import { MarketPolicyRow } from './projections/market-policies.table.ts';
import { members } from './projections/members.projection.ts';
import { MemberRow } from './projections/members.table.ts';
import { paymentContradictions } from './projections/payment-contradictions.projection.ts';
import { PaymentContradictionRow } from './projections/payment-contradictions.table.ts';
import { periodAccounts } from './projections/period-accounts.projection.ts';
import { PeriodAccountRow, PeriodLotRow } from './projections/period-accounts.table.ts';
import { plans } from './projections/plans.projection.ts';
import { purchases } from './projections/purchases.projection.ts';
import { PurchaseRow } from './projections/purchases.table.ts';
import { walletStatuses } from './projections/wallet-statuses.projection.ts';
import { WalletStatusRow } from './projections/wallet-statuses.table.ts';
import { tokenPricesPosted } from './projections/token-prices.projection.ts';
import { TokenPriceRow } from './projections/token-prices.table.ts';
import { WalletRow } from './projections/wallets.table.ts';

/** Definition of the wallet. */
export const walletService: ServiceDefinition<WalletEvent, WalletLane> = {
  catalogue: walletCatalogue,
  system: walletLane,
  kindOf,
  lookUp: usesLookUp,
  projections: [
    balances,
    chargedUses,
    periodAccounts,
    walletStatuses,
    ledger,
    holds,
    expiringTokens,
    tokenPricesPosted,
    marketPoliciesSet,
    purchases,
    paymentContradictions,
    plans,
    approvals,
    members,
  ],
  migrations: [
    WalletProjections1764100000000,
    HoldsAndExpiry1764800000000,
    Market1764800000001,
    LedgerByLane1764800000004,
    Members1764800000005,
    Approvals1764800000006,
    UseChanges1764800000040,
    PeriodAccounts1764800000055,
  ],
  entities: [
    WalletRow,
    EntryRow,
    ChargedUseRow,
    UseChangeRow,
    WaitingUseRow,
    PeriodAccountRow,
    PeriodLotRow,
    WalletStatusRow,
    LaneAccountRow,
    LedgerSnapshotRow,
    HoldRow,
    ExpiringTokensRow,
    TokenPriceRow,
    MarketPolicyRow,
    PurchaseRow,
    PaymentContradictionRow,
    ApprovalRow,
    MemberRow,
  ],
  audit: { scope: 'wallet:audit:read', streamsOf: (partyId) => [walletIdOf(partyId)] },
  answers: walletAnswers,
  api: walletApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(walletService);

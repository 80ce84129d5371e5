import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ServiceModule } from '@tokengrid/service';
import { commands, controllers } from './http/resources.ts';
import { CapacityStream } from './streams/capacity.ts';
import { Clock } from './flows/clock.ts';
import { CapacityWatch } from './flows/capacity-watch.ts';
import { Deciding } from './flows/deciding.ts';
import { FeesRetiring } from './flows/retiring-fees.ts';
import { FeesStream } from './streams/fees.ts';
import { Issuing } from './flows/issuing.ts';
import { Lanes } from './streams/lanes.ts';
import { MarketPolicyStream } from './streams/market-policies.ts';
import { HttpPaymentProvider, PaymentProvider } from './payments/payment-provider.ts';
import { PaymentRequests } from './payments/payment-requests.ts';
import { PaymentWork } from './payments/payment-work.ts';
import { WhenCapacityDeclaredReturnCapacity } from './policies/when-capacity-declared-return-capacity.ts';
import { WhenCapacityGrantedReceiveCapacity } from './policies/when-capacity-granted-receive-capacity.ts';
import { WhenCapacityReturnedOrCapacityFreedReclaimCapacity } from './policies/when-capacity-returned-or-capacity-freed-reclaim-capacity.ts';
import { WhenEscrowReleasedReceiveEarnings } from './policies/when-escrow-released-receive-earnings.ts';
import { WhenMemberSetSuspendMemberOrReinstateMember } from './policies/when-member-set-suspend-member-or-reinstate-member.ts';
import { WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet } from './policies/when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet.ts';
import { WhenFeesRetirementOrderedRetireFees } from './policies/when-fees-retirement-ordered-retire-fees.ts';
import { WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet } from './policies/when-organization-registered-or-subscriber-registered-open-wallet.ts';
import { WhenSliceClosedReleaseSlice } from './policies/when-slice-closed-release-slice.ts';
import { WhenSliceOfferedHoldSliceOrRenewSlice } from './policies/when-slice-offered-hold-slice-or-renew-slice.ts';
import { WhenStatementMadeReleaseEscrowOrCollectFees } from './policies/when-statement-made-release-escrow-or-collect-fees.ts';
import { WhenTokensSentReceiveTokens } from './policies/when-tokens-sent-receive-tokens.ts';
import { WhenTransferDeclinedReturnTransfer } from './policies/when-transfer-declined-return-transfer.ts';
import { ChargingCorrections } from './flows/charging-corrections.ts';
import { ChargingRatedUses } from './flows/charging-rated-uses.ts';
import { Collecting } from './flows/collecting.ts';
import { KeyBudgets } from './flows/key-budgets.ts';
import { BindsBudgets } from './http/binds-budgets.ts';
import { GivingBack } from './flows/giving-back.ts';
import { UseActors } from './flows/use-actors.ts';
import { WhenTokensCameChargeWallet } from './policies/when-tokens-came-charge-wallet.ts';
import { WhenUsageRatedOrUsageCorrectedChargeWallet } from './policies/when-usage-rated-or-usage-corrected-charge-wallet.ts';
import { ApprovalDirectory } from './projections/approval-directory.ts';
import { Balances } from './projections/balances.ts';
import { WhenVoucherReturnedRefundVoucher } from './policies/when-voucher-returned-refund-voucher.ts';
import { ChargedUses } from './projections/charged-uses.ts';
import { PeriodAccounts } from './projections/period-accounts.ts';
import { DueWallets } from './projections/due-wallets.ts';
import { Entries } from './projections/entries.ts';
import { Escrow } from './projections/escrow.ts';
import { HoldDirectory } from './projections/hold-directory.ts';
import { KeyDirectory } from './projections/key-directory.ts';
import { Ledger } from './projections/ledger.ts';
import { LedgerHistory } from './projections/ledger-history.ts';
import { MarketPolicyInForce } from './projections/market-policy-in-force.ts';
import { MemberDirectory } from './projections/member-directory.ts';
import { PurchaseDirectory } from './projections/purchase-directory.ts';
import { TokenPrices } from './projections/token-prices.ts';
import { WalletDirectory } from './projections/wallet-directory.ts';
import { receiptKeysProvider } from './receipts/receipt-keys.ts';
import { Receipts } from './receipts/receipts.ts';
import { walletService } from './service.definition.ts';
import { TokenPriceStream } from './streams/token-prices.ts';
import { Wallets } from './streams/wallets.ts';

/** Policies whose work also runs ahead, for waiting callers. */
const awaited = [
  WhenCapacityDeclaredReturnCapacity,
  WhenCapacityGrantedReceiveCapacity,
  WhenCapacityReturnedOrCapacityFreedReclaimCapacity,
  WhenFeesRetirementOrderedRetireFees,
];

const policies = [
  ...awaited,
  WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet,
  WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet,
  WhenMemberSetSuspendMemberOrReinstateMember,
  WhenTokensSentReceiveTokens,
  WhenTransferDeclinedReturnTransfer,
  WhenVoucherReturnedRefundVoucher,
  WhenUsageRatedOrUsageCorrectedChargeWallet,
  WhenSliceOfferedHoldSliceOrRenewSlice,
  WhenSliceClosedReleaseSlice,
  WhenTokensCameChargeWallet,
  WhenStatementMadeReleaseEscrowOrCollectFees,
  WhenEscrowReleasedReceiveEarnings,
];

const streams = [Wallets, Lanes, CapacityStream, FeesStream, TokenPriceStream, MarketPolicyStream];

const flows = [
  ...[Deciding, UseActors, ChargingRatedUses, ChargingCorrections, Collecting, GivingBack, KeyBudgets],
  ...[Issuing, FeesRetiring, Clock, CapacityWatch],
];

const projections = [
  Balances,
  ChargedUses,
  PeriodAccounts,
  Entries,
  Escrow,
  Ledger,
  LedgerHistory,
  TokenPrices,
  MarketPolicyInForce,
  ApprovalDirectory,
  PurchaseDirectory,
  WalletDirectory,
  MemberDirectory,
  KeyDirectory,
  HoldDirectory,
  DueWallets,
];

const payments = [{ provide: PaymentProvider, useClass: HttpPaymentProvider }, PaymentWork, PaymentRequests];

@Module({
  imports: [ServiceModule.with(walletService)],
  controllers: [...controllers, ...policies],
  providers: [
    ...commands,
    ...awaited,
    ...streams,
    ...flows,
    ...projections,
    ...payments,
    { provide: APP_GUARD, useClass: BindsBudgets },
    receiptKeysProvider,
    Receipts,
  ],
})
export class WalletModule {}

import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { commands, controllers } from './http/resources.ts';
import { CapacityStream } from './streams/capacity.ts';
import { Charging } from './flows/charging.ts';
import { Clock } from './flows/clock.ts';
import { CapacityWatch } from './flows/capacity-watch.ts';
import { FeesRetiring } from './flows/retiring-fees.ts';
import { FeesStream } from './streams/fees.ts';
import { Issuing } from './flows/issuing.ts';
import { Lanes } from './streams/lanes.ts';
import { MarketPolicyStream } from './streams/market-policies.ts';
import { HttpPaymentProvider, PaymentProvider } from './payments/payment-provider.ts';
import { PaymentRequests } from './payments/payment-requests.ts';
import { PaymentWork } from './payments/payment-work.ts';
import { WhenCapacityDeclaredReturnTheUnused } from './policies/when-capacity-declared-return-the-unused.ts';
import { WhenCapacityGrantedReceiveIt } from './policies/when-capacity-granted-receive-it.ts';
import { WhenCapacityReturnedReclaimIt } from './policies/when-capacity-returned-reclaim-it.ts';
import { WhenEscrowReleasedReceiveEarnings } from './policies/when-escrow-released-receive-earnings.ts';
import { WhenMemberSetSuspendIt } from './policies/when-member-set-suspend-it.ts';
import { WhenPartyIsSuspendedOrReinstatedFollow } from './policies/when-party-is-suspended-or-reinstated-follow.ts';
import { WhenFeesRetirementOrderedRetireThem } from './policies/when-fees-retirement-ordered-retire-them.ts';
import { WhenPartyRegistersOpenWallet } from './policies/when-party-registers-open-wallet.ts';
import { WhenStatementMadePayIt } from './policies/when-statement-made-pay-it.ts';
import { WhenTokensSentReceiveThem } from './policies/when-tokens-sent-receive-them.ts';
import { WhenTransferDeclinedReturnIt } from './policies/when-transfer-declined-return-it.ts';
import { WhenUsageRatedChargeWallet } from './policies/when-usage-rated-charge-wallet.ts';
import { ApprovalDirectory } from './projections/approval-directory.ts';
import { Balances } from './projections/balances.ts';
import { WhenVoucherReturnedRefundIt } from './policies/when-voucher-returned-refund-it.ts';
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
import { PostingPrices } from './flows/posting-prices.ts';
import { walletService } from './service.definition.ts';
import { TokenPriceStream } from './streams/token-prices.ts';
import { Wallets } from './streams/wallets.ts';

/** Policies whose work is done ahead too, for callers who wait for it. */
const awaited = [
  WhenCapacityDeclaredReturnTheUnused,
  WhenCapacityGrantedReceiveIt,
  WhenCapacityReturnedReclaimIt,
  WhenFeesRetirementOrderedRetireThem,
];

const policies = [
  ...awaited,
  WhenPartyRegistersOpenWallet,
  WhenPartyIsSuspendedOrReinstatedFollow,
  WhenMemberSetSuspendIt,
  WhenTokensSentReceiveThem,
  WhenTransferDeclinedReturnIt,
  WhenVoucherReturnedRefundIt,
  WhenUsageRatedChargeWallet,
  WhenStatementMadePayIt,
  WhenEscrowReleasedReceiveEarnings,
];

const streams = [Wallets, Lanes, CapacityStream, FeesStream, TokenPriceStream, MarketPolicyStream];

const flows = [Charging, Issuing, PostingPrices, FeesRetiring, Clock, CapacityWatch];

const projections = [
  Balances,
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
    receiptKeysProvider,
    Receipts,
  ],
})
export class WalletModule {}

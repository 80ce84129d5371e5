import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { CapacityStream } from './streams/capacity.ts';
import { Charging } from './flows/charging.ts';
import { Clock } from './flows/clock.ts';
import { ApprovalsController } from './http/approvals/approvals.controller.ts';
import { BatchController } from './http/batches/batches.controller.ts';
import { ControlController } from './http/wallets/control.controller.ts';
import { ExhaustionController } from './http/exhaustion-policies/exhaustion-policies.controller.ts';
import { GrantCommands } from './http/grants/grant-commands.ts';
import { FeesController } from './http/fees/fees.controller.ts';
import { HoldCommands } from './http/holds/hold-commands.ts';
import { HoldsController } from './http/holds/holds.controller.ts';
import { MarketController } from './http/market-policies/market.controller.ts';
import { OperatorController } from './http/token-prices/operator.controller.ts';
import { PaymentWebhooksController } from './http/payment-webhooks/payment-webhooks.controller.ts';
import { PaymentContradictionsController } from './http/payment-contradictions/payment-contradictions.controller.ts';
import { PurchaseCommandsController } from './http/purchases/purchase-commands.controller.ts';
import { PlansController } from './http/plans/plans.controller.ts';
import { QuotesController } from './http/quotes/quotes.controller.ts';
import { VoucherReturnsController } from './http/vouchers/voucher-returns.controller.ts';
import { VouchersController } from './http/vouchers/vouchers.controller.ts';
import { WalletCommands } from './http/wallet-commands.ts';
import { WalletController } from './http/wallets/wallets.controller.ts';
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
import { ApprovalStatesController } from './http/approvals/approval-states.controller.ts';
import { Balances } from './projections/balances.ts';
import { WhenVoucherReturnedRefundIt } from './policies/when-voucher-returned-refund-it.ts';
import { BillsController } from './http/market-policies/bill-limits.controller.ts';
import { MarketPoliciesController } from './http/market-policies/market-policies.controller.ts';
import { PlanStatesController } from './http/plans/plan-states.controller.ts';
import { BalancesController } from './http/wallets/balances.controller.ts';
import { DueWallets } from './projections/due-wallets.ts';
import { Entries } from './projections/entries.ts';
import { EntriesController } from './http/entries/entries.controller.ts';
import { Escrow } from './projections/escrow.ts';
import { HoldDirectory } from './projections/hold-directory.ts';
import { HoldStatesController } from './http/holds/hold-states.controller.ts';
import { KeyDirectory } from './projections/key-directory.ts';
import { LedgerController } from './http/ledger/ledger.controller.ts';
import { Ledger } from './projections/ledger.ts';
import { LedgerHistory } from './projections/ledger-history.ts';
import { LimitsController } from './http/limits/limits.controller.ts';
import { LotsController } from './http/lots/lots.controller.ts';
import { MarketPolicyInForce } from './projections/market-policy-in-force.ts';
import { MemberDirectory } from './projections/member-directory.ts';
import { PaymentContradictionsListController } from './http/payment-contradictions/payment-contradictions-list.controller.ts';
import { PurchaseDirectory } from './projections/purchase-directory.ts';
import { PurchasesController } from './http/purchases/purchases.controller.ts';
import { TokenPricesController } from './http/token-prices/token-prices.controller.ts';
import { TokenPrices } from './projections/token-prices.ts';
import { WalletDirectory } from './projections/wallet-directory.ts';
import { ReceiptKeys } from './receipts/receipt-keys.ts';
import { Receipts } from './receipts/receipts.ts';
import { ReceiptsController } from './http/receipts/receipts.controller.ts';
import { PostingPrices } from './flows/posting-prices.ts';
import { walletService } from './service.definition.ts';
import { TokenPriceStream } from './streams/token-prices.ts';
import { Wallets } from './streams/wallets.ts';

const capacityPolicies = [
  WhenCapacityDeclaredReturnTheUnused,
  WhenCapacityGrantedReceiveIt,
  WhenCapacityReturnedReclaimIt,
];

@Module({
  imports: [ServiceModule.with(walletService)],
  controllers: [
    WalletController,
    BatchController,
    HoldsController,
    ControlController,
    LimitsController,
    WhenPartyIsSuspendedOrReinstatedFollow,
    WhenMemberSetSuspendIt,
    HoldStatesController,
    OperatorController,
    FeesController,
    WhenFeesRetirementOrderedRetireThem,
    VoucherReturnsController,
    MarketController,
    MarketPoliciesController,
    BillsController,
    PaymentWebhooksController,
    PurchasesController,
    PurchaseCommandsController,
    PaymentContradictionsController,
    PaymentContradictionsListController,
    QuotesController,
    VouchersController,
    PlansController,
    ApprovalsController,
    ExhaustionController,
    ApprovalStatesController,
    PlanStatesController,
    BalancesController,
    EntriesController,
    LotsController,
    TokenPricesController,
    LedgerController,
    ReceiptsController,
    ...capacityPolicies,
    WhenPartyRegistersOpenWallet,
    WhenVoucherReturnedRefundIt,
    WhenTokensSentReceiveThem,
    WhenTransferDeclinedReturnIt,
    WhenUsageRatedChargeWallet,
    WhenStatementMadePayIt,
    WhenEscrowReleasedReceiveEarnings,
  ],
  providers: [
    WalletCommands,
    HoldCommands,
    GrantCommands,
    ApprovalDirectory,
    Wallets,
    Lanes,
    CapacityStream,
    FeesStream,
    FeesRetiring,
    WhenFeesRetirementOrderedRetireThem,
    TokenPriceStream,
    PostingPrices,
    Charging,
    MarketPolicyStream,
    Issuing,
    // They also do their work ahead, for callers who wait for capacity.
    ...capacityPolicies,
    Balances,
    Entries,
    Escrow,
    Ledger,
    LedgerHistory,
    ReceiptKeys,
    Receipts,
    TokenPrices,
    MarketPolicyInForce,
    PurchaseDirectory,
    { provide: PaymentProvider, useClass: HttpPaymentProvider },
    PaymentWork,
    PaymentRequests,
    WalletDirectory,
    MemberDirectory,
    KeyDirectory,
    HoldDirectory,
    DueWallets,
    Clock,
    CapacityWatch,
  ],
})
export class WalletModule {}

import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { CapacityStream } from './capacity-stream.ts';
import { Charging } from './charging.ts';
import { Clock } from './clock.ts';
import { ApprovalsController } from './http/approvals.controller.ts';
import { BatchController } from './http/batch.controller.ts';
import { ControlController } from './http/control.controller.ts';
import { ExhaustionController } from './http/exhaustion.controller.ts';
import { GiftCommands } from './http/gift-commands.ts';
import { FeesController } from './http/fees.controller.ts';
import { HoldCommands } from './http/hold-commands.ts';
import { HoldsController } from './http/holds.controller.ts';
import { MarketController } from './http/market.controller.ts';
import { OperatorController } from './http/operator.controller.ts';
import { PaymentWebhooksController } from './http/payment-webhooks.controller.ts';
import { PaymentContradictionsController } from './http/payment-contradictions.controller.ts';
import { PurchaseCommandsController } from './http/purchases.controller.ts';
import { PlansController } from './http/plans.controller.ts';
import { QuotesController } from './http/quotes.controller.ts';
import { VoucherReturnsController } from './http/voucher-returns.controller.ts';
import { VouchersController } from './http/vouchers.controller.ts';
import { WalletCommands } from './http/wallet-commands.ts';
import { WalletController } from './http/wallet.controller.ts';
import { CapacityWatch } from './capacity-watch.ts';
import { FeesRetiring } from './fees-retiring.ts';
import { FeesStream } from './fees-stream.ts';
import { Issuing } from './issuing.ts';
import { Lanes } from './lanes.ts';
import { MarketPolicyStream } from './market-policy-stream.ts';
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
import { ApprovalStatesController } from './projections/approvals.controller.ts';
import { Balances } from './projections/balances.ts';
import { WhenVoucherReturnedRefundIt } from './policies/when-voucher-returned-refund-it.ts';
import { BillsController } from './projections/bills.controller.ts';
import { MarketPoliciesController } from './projections/market-policies.controller.ts';
import { PlanStatesController } from './projections/plans.controller.ts';
import { BalancesController } from './projections/balances.controller.ts';
import { DueWallets } from './projections/due-wallets.ts';
import { Entries } from './projections/entries.ts';
import { EntriesController } from './projections/entries.controller.ts';
import { Escrow } from './projections/escrow.ts';
import { HoldDirectory } from './projections/hold-directory.ts';
import { HoldStatesController } from './projections/holds.controller.ts';
import { KeyDirectory } from './projections/key-directory.ts';
import { LedgerController } from './projections/ledger.controller.ts';
import { Ledger } from './projections/ledger.ts';
import { LedgerHistory } from './projections/ledger-history.ts';
import { LimitsController } from './projections/limits.controller.ts';
import { LotsController } from './projections/lots.controller.ts';
import { MarketPolicyInForce } from './projections/market-policy-in-force.ts';
import { MemberDirectory } from './projections/member-directory.ts';
import { PaymentContradictionsListController } from './projections/payment-contradictions.controller.ts';
import { PurchaseDirectory } from './projections/purchase-directory.ts';
import { PurchasesController } from './projections/purchases.controller.ts';
import { TokenPricesController } from './projections/token-prices.controller.ts';
import { TokenPrices } from './projections/token-prices.ts';
import { WalletDirectory } from './projections/wallet-directory.ts';
import { ReceiptKeys } from './receipts/receipt-keys.ts';
import { Receipts } from './receipts/receipts.ts';
import { ReceiptsController } from './receipts/receipts.controller.ts';
import { PostingPrices } from './posting-prices.ts';
import { walletService } from './service.definition.ts';
import { TokenPriceStream } from './token-price-stream.ts';
import { Wallets } from './wallets.ts';

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
    GiftCommands,
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

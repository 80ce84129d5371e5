import { ApprovalsController } from './approvals/approvals.controller.ts';
import { BatchesController } from './batches/batches.controller.ts';
import { BillLimitController } from './bill-limit/bill-limit.controller.ts';
import { CapacityController } from './capacity/capacity.controller.ts';
import { EntriesController } from './entries/entries.controller.ts';
import { ExhaustionPolicyController } from './exhaustion-policy/exhaustion-policy.controller.ts';
import { FeesController } from './fees/fees.controller.ts';
import { GrantCommands } from './grants/grants.commands.ts';
import { GrantsController } from './grants/grants.controller.ts';
import { HoldCommands } from './holds/holds.commands.ts';
import { HoldsController } from './holds/holds.controller.ts';
import { LedgerController } from './ledger/ledger.controller.ts';
import { LimitsController } from './limits/limits.controller.ts';
import { LotsController } from './lots/lots.controller.ts';
import { MarketPolicyController } from './market-policy/market-policy.controller.ts';
import { MembersController } from './members/members.controller.ts';
import { PaymentContradictionsController } from './payment-contradictions/payment-contradictions.controller.ts';
import { PaymentWebhooksController } from './payment-webhooks/payment-webhooks.controller.ts';
import { PlanController } from './plan/plan.controller.ts';
import { PurchaseCommands } from './purchases/purchases.commands.ts';
import { PurchasesController } from './purchases/purchases.controller.ts';
import { QuotesController } from './quotes/quotes.controller.ts';
import { ReceiptsController } from './receipts/receipts.controller.ts';
import { SalesController } from './sales/sales.controller.ts';
import { TokenPriceController } from './token-price/token-price.controller.ts';
import { TransferCommands } from './transfers/transfers.commands.ts';
import { TransfersController } from './transfers/transfers.controller.ts';
import { VouchersController } from './vouchers/vouchers.controller.ts';
import { WalletsController } from './wallets/wallets.controller.ts';

/** Controllers of the API: one per resource, in its folder. */
export const controllers = [
  // Of a wallet
  WalletsController,
  LotsController,
  EntriesController,
  LimitsController,
  MembersController,
  ExhaustionPolicyController,
  BillLimitController,
  // Of movements by a party
  TransfersController,
  PurchasesController,
  SalesController,
  QuotesController,
  HoldsController,
  BatchesController,
  // Of tokens for a wallet, and of its payments
  GrantsController,
  PlanController,
  VouchersController,
  ReceiptsController,
  // Of the operator
  ApprovalsController,
  TokenPriceController,
  MarketPolicyController,
  CapacityController,
  FeesController,
  LedgerController,
  // Of the payment provider
  PaymentWebhooksController,
  PaymentContradictionsController,
];

/** Commands shared by routes and batches: each looks up the facts that its decision needs. */
export const commands = [TransferCommands, PurchaseCommands, HoldCommands, GrantCommands];

import { Module } from '@nestjs/common';
import { walletCatalogue } from '@tokengrid/contracts';
import { ServiceModule } from '@tokengrid/service';
import { CapacityStream } from './capacity-stream.ts';
import { walletLane } from './decisions/wallet-lane.ts';
import { OperatorController } from './http/operator.controller.ts';
import { walletAnswers } from './http/wallet-answers.ts';
import { WalletController } from './http/wallet.controller.ts';
import { Issuing } from './issuing.ts';
import { Lanes } from './lanes.ts';
import { WalletProjections1764100000000 } from './migrations/1764100000000-wallet-projections.ts';
import { WhenCapacityDeclaredReturnTheUnused } from './policies/when-capacity-declared-return-the-unused.ts';
import { WhenCapacityGrantedReceiveIt } from './policies/when-capacity-granted-receive-it.ts';
import { WhenCapacityReturnedReclaimIt } from './policies/when-capacity-returned-reclaim-it.ts';
import { WhenEscrowReleasedReceiveEarnings } from './policies/when-escrow-released-receive-earnings.ts';
import { WhenPartyRegistersOpenWallet } from './policies/when-party-registers-open-wallet.ts';
import { WhenStatementMadePayIt } from './policies/when-statement-made-pay-it.ts';
import { WhenTokensSentReceiveThem } from './policies/when-tokens-sent-receive-them.ts';
import { WhenTransferDeclinedReturnIt } from './policies/when-transfer-declined-return-it.ts';
import { WhenUsageRatedChargeWallet } from './policies/when-usage-rated-charge-wallet.ts';
import { BalancesController } from './projections/balances.controller.ts';
import { balances } from './projections/balances.projection.ts';
import { EntriesController } from './projections/entries.controller.ts';
import { EntryRow } from './projections/entries.table.ts';
import { Escrow } from './projections/escrow.ts';
import { LedgerAccount } from './projections/ledger-accounts.table.ts';
import { LedgerController } from './projections/ledger.controller.ts';
import { ledger } from './projections/ledger.projection.ts';
import { Ledger } from './projections/ledger.ts';
import { LotsController } from './projections/lots.controller.ts';
import { TokenPricesController } from './projections/token-prices.controller.ts';
import { tokenPricesPosted } from './projections/token-prices.projection.ts';
import { TokenPriceRow } from './projections/token-prices.table.ts';
import { TokenPrices } from './projections/token-prices.ts';
import { WalletDirectory } from './projections/wallet-directory.ts';
import { WalletRow } from './projections/wallets.table.ts';
import { TokenPriceStream } from './token-price-stream.ts';
import { Wallets } from './wallets.ts';

const capacityPolicies = [
  WhenCapacityDeclaredReturnTheUnused,
  WhenCapacityGrantedReceiveIt,
  WhenCapacityReturnedReclaimIt,
];

@Module({
  imports: [
    ServiceModule.with({
      catalogue: walletCatalogue,
      system: walletLane,
      projections: [balances, ledger, tokenPricesPosted],
      migrations: [WalletProjections1764100000000],
      entities: [WalletRow, EntryRow, LedgerAccount, TokenPriceRow],
      answers: walletAnswers,
    }),
  ],
  controllers: [
    WalletController,
    OperatorController,
    BalancesController,
    EntriesController,
    LotsController,
    TokenPricesController,
    LedgerController,
    ...capacityPolicies,
    WhenPartyRegistersOpenWallet,
    WhenTokensSentReceiveThem,
    WhenTransferDeclinedReturnIt,
    WhenUsageRatedChargeWallet,
    WhenStatementMadePayIt,
    WhenEscrowReleasedReceiveEarnings,
  ],
  providers: [
    Wallets,
    Lanes,
    CapacityStream,
    TokenPriceStream,
    Issuing,
    // They also do their work ahead, for callers who wait for capacity.
    ...capacityPolicies,
    Escrow,
    Ledger,
    TokenPrices,
    WalletDirectory,
  ],
})
export class WalletModule {}

import { Module } from '@nestjs/common';
import { settlementCatalogue, walletCatalogue } from '@tokengrid/contracts';
import { foreignProjection, ServiceModule } from '@tokengrid/service';
import { Books } from './books.ts';
import { ClosePeriodController } from './http/close-period.controller.ts';
import { settlementAnswers } from './http/settlement-answers.ts';
import { SettlementProjections1764300000000 } from './migrations/1764300000000-settlement-projections.ts';
import { Periods } from './periods.ts';
import { WhenLaneIsClosedCountIt } from './policies/when-lane-is-closed-count-it.ts';
import { WhenPeriodIsClosingCloseLanes } from './policies/when-period-is-closing-close-lanes.ts';
import { WhenUsageIsBilledAccrueIt } from './policies/when-usage-is-billed-accrue-it.ts';
import { WhenWalletPaysRecordIt } from './policies/when-wallet-pays-record-it.ts';
import { AccrualsController } from './projections/accruals.controller.ts';
import { accruals } from './projections/accruals.projection.ts';
import { AccrualRow, AccruedUseRow } from './projections/accruals.table.ts';
import { escrowMovements } from './projections/escrow-movements.projection.ts';
import { PeriodsController } from './projections/periods.controller.ts';
import { periodClosings } from './projections/periods.projection.ts';
import { PeriodViews } from './projections/periods.ts';
import { ReconciliationController } from './projections/reconciliation.controller.ts';
import { Reconciler } from './projections/reconciliation.ts';
import { StatementsController } from './projections/statements.controller.ts';
import { statementsMade } from './projections/statements.projection.ts';
import { PaymentRow, StatementRow } from './projections/statements.table.ts';
import { SettlementLanes } from './settlement-lanes.ts';
import { Statements } from './statements.ts';

@Module({
  imports: [
    ServiceModule.with({
      catalogue: settlementCatalogue,
      projections: [accruals, periodClosings, statementsMade],
      foreignProjections: [foreignProjection(walletCatalogue, escrowMovements)],
      migrations: [SettlementProjections1764300000000],
      entities: [AccruedUseRow, AccrualRow, StatementRow, PaymentRow],
      answers: settlementAnswers,
    }),
  ],
  controllers: [
    ClosePeriodController,
    PeriodsController,
    AccrualsController,
    StatementsController,
    ReconciliationController,
    WhenUsageIsBilledAccrueIt,
    WhenPeriodIsClosingCloseLanes,
    WhenLaneIsClosedCountIt,
    WhenWalletPaysRecordIt,
  ],
  providers: [SettlementLanes, Periods, Books, Statements, PeriodViews, Reconciler],
})
export class SettlementModule {}

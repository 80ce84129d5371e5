import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { Books } from './streams/books.ts';
import { ClosePeriodController } from './http/periods/close-period.controller.ts';
import { Periods } from './streams/periods.ts';
import { WhenLaneIsClosedCountIt } from './policies/when-lane-is-closed-count-it.ts';
import { WhenPeriodIsClosingCloseLanes } from './policies/when-period-is-closing-close-lanes.ts';
import { WhenUsageIsBilledAccrueIt } from './policies/when-usage-is-billed-accrue-it.ts';
import { WhenWalletPaysRecordIt } from './policies/when-wallet-pays-record-it.ts';
import { AccrualsController } from './http/accruals/accruals.controller.ts';
import { PeriodsController } from './http/periods/periods.controller.ts';
import { PeriodViews } from './projections/periods.ts';
import { ReconciliationController } from './http/reconciliation/reconciliation.controller.ts';
import { Reconciler } from './projections/reconciliation.ts';
import { StatementsController } from './http/statements/statements.controller.ts';
import { settlementService } from './service.definition.ts';
import { SettlementLanes } from './streams/settlement-lanes.ts';
import { Statements } from './streams/statements.ts';

@Module({
  imports: [ServiceModule.with(settlementService)],
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

import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { Books } from './streams/books.ts';
import { ClosePeriodController } from './http/periods/close-period.controller.ts';
import { Periods } from './streams/periods.ts';
import { WhenLaneClosedCountLane } from './policies/when-lane-closed-count-lane.ts';
import { WhenPeriodClosingCloseLane } from './policies/when-period-closing-close-lane.ts';
import { WhenWalletChargedAccrueUses } from './policies/when-wallet-charged-accrue-uses.ts';
import { WhenEarningsReceivedOrFeesCollectedRecordPayment } from './policies/when-earnings-received-or-fees-collected-record-payment.ts';
import { Accruals } from './projections/accruals.ts';
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
    WhenWalletChargedAccrueUses,
    WhenPeriodClosingCloseLane,
    WhenLaneClosedCountLane,
    WhenEarningsReceivedOrFeesCollectedRecordPayment,
  ],
  providers: [SettlementLanes, Periods, Books, Statements, Accruals, PeriodViews, Reconciler],
})
export class SettlementModule {}

import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { EventsController } from './http/usage-events/usage-events.controller.ts';
import { WhenAppIsSubscribedRecycleUsage } from './policies/when-app-is-subscribed-recycle-usage.ts';
import { WhenChargeIsRefusedLeaveUsageUncollected } from './policies/when-charge-is-refused-leave-usage-uncollected.ts';
import { WhenKeyIsIssuedRecycleUsage } from './policies/when-key-is-issued-recycle-usage.ts';
import { WhenModelIsPricedRecycleUsage } from './policies/when-model-is-priced-recycle-usage.ts';
import { WhenPartyRegistersRecycleUsage } from './policies/when-party-registers-recycle-usage.ts';
import { WhenTermsAreWithdrawnRecycleUsage } from './policies/when-terms-are-withdrawn-recycle-usage.ts';
import { WhenUsageIsParkedLookAgain } from './policies/when-usage-is-parked-look-again.ts';
import { WhenVersionIsPublishedRecycleUsage } from './policies/when-version-is-published-recycle-usage.ts';
import { WhenWalletIsChargedBillUsage } from './policies/when-wallet-is-charged-bill-usage.ts';
import { ChargesController } from './http/charges/charges.controller.ts';
import { ParkedController } from './http/parked/parked.controller.ts';
import { UsageTotals } from './projections/usage-totals.ts';
import { UsageController } from './http/usage/usage.controller.ts';
import { Visibility } from './projections/visibility.ts';
import { RateCard } from './rate-card/rate-card.ts';
import { Recycling } from './flows/recycling.ts';
import { Reports } from './streams/reports.ts';
import { meteringService } from './service.definition.ts';
import { UsageReports } from './flows/usage-reports.ts';
import { Usages } from './streams/usages.ts';

@Module({
  imports: [ServiceModule.with(meteringService)],
  controllers: [
    EventsController,
    ChargesController,
    UsageController,
    ParkedController,
    WhenPartyRegistersRecycleUsage,
    WhenKeyIsIssuedRecycleUsage,
    WhenModelIsPricedRecycleUsage,
    WhenVersionIsPublishedRecycleUsage,
    WhenTermsAreWithdrawnRecycleUsage,
    WhenAppIsSubscribedRecycleUsage,
    WhenUsageIsParkedLookAgain,
    WhenWalletIsChargedBillUsage,
    WhenChargeIsRefusedLeaveUsageUncollected,
  ],
  providers: [Usages, Reports, UsageReports, RateCard, Recycling, UsageTotals, Visibility],
})
export class MeteringModule {}

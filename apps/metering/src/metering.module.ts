import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { EventsController } from './http/usage-events/usage-events.controller.ts';
import { WhenAppSubscribedRecycleUsage } from './policies/when-app-subscribed-recycle-usage.ts';
import { WhenChargeRefusedLeaveUncollected } from './policies/when-charge-refused-leave-uncollected.ts';
import { WhenApiKeyIssuedRecycleUsage } from './policies/when-api-key-issued-recycle-usage.ts';
import { WhenModelOfferedOrModelPricedRecycleUsage } from './policies/when-model-offered-or-model-priced-recycle-usage.ts';
import { WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUsage } from './policies/when-organization-registered-or-subscriber-registered-recycle-usage.ts';
import { WhenModelPriceWithdrawnOrVersionWithdrawnRecycleUsage } from './policies/when-model-price-withdrawn-or-version-withdrawn-recycle-usage.ts';
import { WhenUsageParkedRecycleUsage } from './policies/when-usage-parked-recycle-usage.ts';
import { WhenVersionPublishedRecycleUsage } from './policies/when-version-published-recycle-usage.ts';
import { WhenWalletChargedBillUsage } from './policies/when-wallet-charged-bill-usage.ts';
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
    WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUsage,
    WhenApiKeyIssuedRecycleUsage,
    WhenModelOfferedOrModelPricedRecycleUsage,
    WhenVersionPublishedRecycleUsage,
    WhenModelPriceWithdrawnOrVersionWithdrawnRecycleUsage,
    WhenAppSubscribedRecycleUsage,
    WhenUsageParkedRecycleUsage,
    WhenWalletChargedBillUsage,
    WhenChargeRefusedLeaveUncollected,
  ],
  providers: [Usages, Reports, UsageReports, RateCard, Recycling, UsageTotals, Visibility],
})
export class MeteringModule {}

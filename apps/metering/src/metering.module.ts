import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { EventsController } from './http/usage-events/usage-events.controller.ts';
import { WhenAppSubscribedRecycleUses } from './policies/when-app-subscribed-recycle-uses.ts';
import { WhenApiKeyIssuedOrOauthClientRegisteredRecycleUses } from './policies/when-api-key-issued-or-oauth-client-registered-recycle-uses.ts';
import { WhenModelOfferedOrModelPricedRecycleUses } from './policies/when-model-offered-or-model-priced-recycle-uses.ts';
import { WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses } from './policies/when-organization-registered-or-subscriber-registered-recycle-uses.ts';
import { WhenModelPriceWithdrawnOrVersionWithdrawnRecycleUses } from './policies/when-model-price-withdrawn-or-version-withdrawn-recycle-uses.ts';
import { WhenSubscriptionRenewedOrSeatsSetChargeFee } from './policies/when-subscription-renewed-or-seats-set-charge-fee.ts';
import { WhenUsageParkedRecycleUses } from './policies/when-usage-parked-recycle-uses.ts';
import { WhenUsageRatedChargeSubsidies } from './policies/when-usage-rated-charge-subsidies.ts';
import { WhenApiKeyRevokedOrOauthClientDeletedRecallSlices } from './policies/when-api-key-revoked-or-oauth-client-deleted-recall-slices.ts';
import { WhenHoldRefusedCloseSlice } from './policies/when-hold-refused-close-slice.ts';
import { WhenHoldsRecalledRecallSlices } from './policies/when-holds-recalled-recall-slices.ts';
import { WhenSliceWantedOfferSlice } from './policies/when-slice-wanted-offer-slice.ts';
import { WhenUsesServedOrSliceReturnedRateServedOrCloseSlice } from './policies/when-uses-served-or-slice-returned-rate-served-or-close-slice.ts';
import { WhenParkedUseCorrectedRecycleUses } from './policies/when-parked-use-corrected-recycle-uses.ts';
import { WhenUsageCorrectedCorrectSubsidies } from './policies/when-usage-corrected-correct-subsidies.ts';
import { WhenUsesAccruedChargeAdvances } from './policies/when-uses-accrued-charge-advances.ts';
import { CorrectionsController } from './http/corrections/corrections.controller.ts';
import { Corrections } from './flows/corrections.ts';
import { FoundUses } from './projections/found-uses.ts';
import { WhenVersionPublishedRecycleUses } from './policies/when-version-published-recycle-uses.ts';
import { ChargeSumsController } from './http/charges/charge-sums.controller.ts';
import { FocusController } from './http/charges/focus.controller.ts';
import { FocusExport } from './focus/focus.reads.ts';
import { ChargesController } from './http/charges/charges.controller.ts';
import { OpenMeterController } from './http/openmeter/openmeter.controller.ts';
import { SourcesController } from './http/sources/sources.controller.ts';
import { RaisedUsageAlertsController } from './http/usage-alerts/raised-usage-alerts.controller.ts';
import { UsageAlertsController } from './http/usage-alerts/usage-alerts.controller.ts';
import { UncollectedController } from './http/uncollected/uncollected.controller.ts';
import { ParkedController } from './http/parked/parked.controller.ts';
import { UsageSums } from './usage-sums/usage-sums.ts';
import { UsageController } from './http/usage/usage.controller.ts';
import { Sources } from './projections/sources.reads.ts';
import { Uncollected } from './projections/uncollected.reads.ts';
import { Visibility } from './projections/visibility.ts';
import { DueUses } from './flows/due-uses.ts';
import { PriceHorizon } from './rate-card/price-horizon.ts';
import { RateCard } from './rate-card/rate-card.ts';
import { Recycling } from './flows/recycling.ts';
import { Slices } from './flows/slices.ts';
import { SlicesClock } from './flows/slices-clock.ts';
import { PeriodsClock } from './flows/periods-clock.ts';
import { UsageAlerts } from './flows/usage-alerts.ts';
import { UsageAlertsClock } from './flows/usage-alerts-clock.ts';
import { AlertLooks } from './usage-alerts/alert-looks.ts';
import { AlertSums } from './usage-alerts/alert-sums.ts';
import { UsageAlertStreams } from './streams/usage-alert-streams.ts';
import { RaisedUsageAlerts } from './projections/usage-alerts.reads.ts';
import { MinimumSubscriptions } from './rate-card/minimum-subscriptions.ts';
import { Reports } from './streams/reports.ts';
import { meteringService } from './service.definition.ts';
import { UsageMarksSweep } from './projections/usage-marks.sweep.ts';
import { UsageReports } from './flows/usage-reports.ts';
import { SourceStreams } from './streams/sources.ts';
import { Payers } from './streams/payers.ts';
import { KnownUses } from './projections/known-uses.ts';
import { Charges } from './projections/charges.reads.ts';

@Module({
  imports: [ServiceModule.with(meteringService)],
  controllers: [
    EventsController,
    OpenMeterController,
    SourcesController,
    UncollectedController,
    ChargeSumsController,
    FocusController,
    ChargesController,
    UsageController,
    ParkedController,
    UsageAlertsController,
    RaisedUsageAlertsController,
    WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses,
    WhenApiKeyIssuedOrOauthClientRegisteredRecycleUses,
    WhenModelOfferedOrModelPricedRecycleUses,
    WhenVersionPublishedRecycleUses,
    WhenModelPriceWithdrawnOrVersionWithdrawnRecycleUses,
    WhenAppSubscribedRecycleUses,
    WhenUsageParkedRecycleUses,
    WhenSubscriptionRenewedOrSeatsSetChargeFee,
    WhenUsageRatedChargeSubsidies,
    WhenSliceWantedOfferSlice,
    WhenUsesServedOrSliceReturnedRateServedOrCloseSlice,
    WhenHoldRefusedCloseSlice,
    WhenHoldsRecalledRecallSlices,
    WhenApiKeyRevokedOrOauthClientDeletedRecallSlices,
    WhenParkedUseCorrectedRecycleUses,
    WhenUsageCorrectedCorrectSubsidies,
    WhenUsesAccruedChargeAdvances,
    CorrectionsController,
  ],
  providers: [
    Payers,
    Reports,
    UsageReports,
    RateCard,
    PriceHorizon,
    DueUses,
    Recycling,
    Charges,
    FocusExport,
    UsageSums,
    KnownUses,
    UsageMarksSweep,
    Visibility,
    Sources,
    SourceStreams,
    Uncollected,
    Slices,
    SlicesClock,
    PeriodsClock,
    MinimumSubscriptions,
    UsageAlertStreams,
    RaisedUsageAlerts,
    AlertLooks,
    AlertSums,
    UsageAlerts,
    UsageAlertsClock,
    FoundUses,
    Corrections,
  ],
})
export class MeteringModule {}

import type { MeteringEvent } from '@tokengrid/contracts';
import {
  appRegistryCatalogue,
  identityCatalogue,
  meteringCatalogue,
  settlementCatalogue,
  walletCatalogue,
} from '@tokengrid/contracts';
import { dataOf, foreignProjection, type ServiceDefinition } from '@tokengrid/service';
import { meteringApi } from './api.ts';
import { payerStreamOf } from './decisions/state/payer.ts';
import { alertsStreamOf } from './decisions/state/usage-alerts.ts';
import { meteringAnswers } from './http/metering-answers.ts';
import { MeteringProjections1764200000000 } from './migrations/1764200000000-metering-projections.ts';
import { UsageMarks1764200000002 } from './migrations/1764200000002-usage-marks.ts';
import { Corrections1764200000040 } from './migrations/1764200000040-corrections.ts';
import { Sources1764200000005 } from './migrations/1764200000005-sources.ts';
import { KeysOfSubscriptions1764200000064 } from './migrations/1764200000064-keys-of-subscriptions.ts';
import { MembersAndOffersInSums1764200000063 } from './migrations/1764200000063-members-and-offers-in-sums.ts';
import { OpenSlices1764200000043 } from './migrations/1764200000043-open-slices.ts';
import { SubscriptionsOfApps1764200000056 } from './migrations/1764200000056-subscriptions-of-apps.ts';
import { StridesThatEndEarly1764200000066 } from './migrations/1764200000066-strides-that-end-early.ts';
import { UsageAlerts1764200000061 } from './migrations/1764200000061-usage-alerts.ts';
import { closingDays } from './projections/closing-days.projection.ts';
import { UsageSums1764200000010 } from './migrations/1764200000010-usage-sums.ts';
import { charges } from './projections/charges.projection.ts';
import { openSlices } from './projections/open-slices.projection.ts';
import { parked } from './projections/parked.projection.ts';
import { ParkedRow } from './projections/parked.table.ts';
import { sources } from './projections/sources.projection.ts';
import { usageAlerts } from './projections/usage-alerts.projection.ts';
import { usageMarks, usesLookUp } from './projections/usage-marks.projection.ts';
import { walletAnswers } from './projections/wallet-answers.projection.ts';
import { knownParties } from './rate-card/known-parties.projection.ts';
import { rateCard } from './rate-card/rate-card.projection.ts';
import { tokenPrices } from './rate-card/token-prices.projection.ts';
import { walletMembers } from './rate-card/wallet-members.projection.ts';

/** Definition of metering. */
export const meteringService: ServiceDefinition<MeteringEvent, undefined> = {
  catalogue: meteringCatalogue,
  projections: [charges, parked, usageMarks, sources, openSlices, usageAlerts],
  lookUp: usesLookUp,
  foreignProjections: [
    foreignProjection(identityCatalogue, knownParties),
    foreignProjection(appRegistryCatalogue, rateCard),
    foreignProjection(walletCatalogue, walletAnswers),
    foreignProjection(walletCatalogue, tokenPrices),
    foreignProjection(walletCatalogue, walletMembers),
    foreignProjection(settlementCatalogue, closingDays),
  ],
  migrations: [
    MeteringProjections1764200000000,
    UsageMarks1764200000002,
    Sources1764200000005,
    UsageSums1764200000010,
    OpenSlices1764200000043,
    Corrections1764200000040,
    SubscriptionsOfApps1764200000056,
    MembersAndOffersInSums1764200000063,
    UsageAlerts1764200000061,
    KeysOfSubscriptions1764200000064,
    StridesThatEndEarly1764200000066,
  ],
  entities: [ParkedRow],
  audit: {
    scope: 'metering:audit:read',
    streamsOf: (partyId) => [payerStreamOf(partyId), alertsStreamOf(partyId)],
  },
  answers: meteringAnswers,
  api: meteringApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(meteringService);

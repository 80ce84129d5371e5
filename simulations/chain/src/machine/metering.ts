import { type MeteringEvent, meteringCatalogue } from '@tokengrid/contracts';
import type { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import { PeriodsClock } from '@tokengrid/metering/flows/periods-clock';
import { Corrections } from '@tokengrid/metering/flows/corrections';
import { Recycling } from '@tokengrid/metering/flows/recycling';
import { UsageReports } from '@tokengrid/metering/flows/usage-reports';
import { WhenApiKeyIssuedOrOauthClientRegisteredRecycleUses } from '@tokengrid/metering/policies/when-api-key-issued-or-oauth-client-registered-recycle-uses';
import { WhenAppSubscribedRecycleUses } from '@tokengrid/metering/policies/when-app-subscribed-recycle-uses';
import { WhenModelOfferedOrModelPricedRecycleUses } from '@tokengrid/metering/policies/when-model-offered-or-model-priced-recycle-uses';
import { WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses } from '@tokengrid/metering/policies/when-organization-registered-or-subscriber-registered-recycle-uses';
import { WhenParkedUseCorrectedRecycleUses } from '@tokengrid/metering/policies/when-parked-use-corrected-recycle-uses';
import { WhenSubscriptionRenewedOrSeatsSetChargeFee } from '@tokengrid/metering/policies/when-subscription-renewed-or-seats-set-charge-fee';
import { WhenUsageCorrectedCorrectSubsidies } from '@tokengrid/metering/policies/when-usage-corrected-correct-subsidies';
import { WhenUsageParkedRecycleUses } from '@tokengrid/metering/policies/when-usage-parked-recycle-uses';
import { WhenUsageRatedChargeSubsidies } from '@tokengrid/metering/policies/when-usage-rated-charge-subsidies';
import { WhenUsesAccruedChargeAdvances } from '@tokengrid/metering/policies/when-uses-accrued-charge-advances';
import { WhenVersionPublishedRecycleUses } from '@tokengrid/metering/policies/when-version-published-recycle-uses';
import type { Sources } from '@tokengrid/metering/projections/sources.reads';
import { Payers } from '@tokengrid/metering/streams/payers';
import { Reports } from '@tokengrid/metering/streams/reports';
import { pino } from 'pino';
import type { HeardRateCard } from './rate-card.ts';
import type { SimulatedStore } from './store.ts';
import type { Subscriber } from './subscription.ts';
import { FoundInTables, KnownInTables, type UseTables } from './use-tables.ts';

/** Uses that a report may have under way at once. */
const maxReportEventsInFlight = 150;

/** What a process of metering looks at. */
export interface MeteringLooks {
  readonly now: () => number;
  readonly calendar: Calendar;
  /** Days whose closing has begun. */
  readonly closing: ReadonlySet<string>;
  /** Told of periods that could not be closed. */
  readonly closes: (error: unknown) => void;
}

/** Time after its end at which a period is closed. */
export const periodLatenessMs = 24 * 60 * 60 * 1000;

/** One process of metering. */
export class MeteringProcess {
  readonly reports: UsageReports;
  readonly corrections: Corrections;
  readonly periods: PeriodsClock;
  readonly subscribers: readonly Subscriber[];

  constructor(
    store: SimulatedStore<MeteringEvent>,
    rateCard: HeardRateCard,
    tables: UseTables,
    { now, calendar, closing, closes }: MeteringLooks,
  ) {
    const payers = new Payers(store);
    const config = { maxReportEvents: 50_000, maxReportEventsInFlight, answerTimeoutMs: 5000 };
    this.reports = new UsageReports(
      ...([payers, new Reports(store), rateCard, new KnownInTables(tables), noSources, store] as const),
      ...([{ now }, config as never, pino({ level: 'silent' })] as const),
    );
    const recycling = new Recycling({ query: asked(tables) } as never, rateCard, payers);
    const found = new FoundInTables(tables, closing);
    this.corrections = new Corrections(found, rateCard, payers, store, calendar);
    this.periods = new PeriodsClock(
      ...([rateCard.minimums, rateCard, new KnownInTables(tables), payers, { now } as StorageClock] as const),
      ...([{ periodLatenessMs }, { warn: ({ err }: { err: unknown }) => closes(err) } as never] as const),
    );
    this.subscribers = [...subscribersOf(recycling, payers, found), ...feesOf(payers, rateCard)];
  }
}

/** Asks for a page of uses that wait for things, or for which of these some use waits. */
const asked =
  (tables: UseTables) =>
  async (_: string, [things, ...page]: readonly [readonly string[], string, number] | readonly [readonly string[]]) => {
    const [after, most] = page;
    if (after !== undefined) return tables.waitingFor(things, after, most!);
    return things.filter((thing) => tables.waitingFor([thing], '', 1).length > 0).map((need) => ({ need }));
  };

/** Sources of events; those of the simulation are of a type that has none. */
const noSources = { of: () => Promise.resolve(new Map()) } as unknown as Sources;

function subscribersOf(recycling: Recycling, payers: Payers, found: FoundInTables): readonly Subscriber[] {
  const [identity, registry, own] = ['identity', 'app-registry', meteringCatalogue.service];
  const registered = new WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses(recycling);
  const issued = new WhenApiKeyIssuedOrOauthClientRegisteredRecycleUses(recycling);
  const subscribed = new WhenAppSubscribedRecycleUses(recycling);
  const priced = new WhenModelOfferedOrModelPricedRecycleUses(recycling);
  const published = new WhenVersionPublishedRecycleUses(recycling);
  const parked = new WhenUsageParkedRecycleUses(recycling);
  const subsidies = new WhenUsageRatedChargeSubsidies(payers);
  const correctSubsidies = new WhenUsageCorrectedCorrectSubsidies(payers, found);
  const advances = new WhenUsesAccruedChargeAdvances(payers);
  const parkedCorrected = new WhenParkedUseCorrectedRecycleUses(recycling);
  return [
    {
      ...{ name: 'when-organization-registered-recycle-uses', from: identity, on: ['OrganizationRegistered'] },
      react: async (event, reaction) => registered.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-api-key-issued-or-oauth-client-registered-recycle-uses', from: identity, on: ['ApiKeyIssued'] },
      react: async (event, reaction) => issued.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-app-subscribed-recycle-uses', from: registry, on: ['AppSubscribed'] },
      react: async (event, reaction) => subscribed.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-model-priced-recycle-uses', from: registry, on: ['ModelOffered', 'ModelPriced'] },
      react: async (event, reaction) => priced.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-version-published-recycle-uses', from: registry, on: ['VersionPublished'] },
      react: async (event, reaction) => published.recycleUses(event, reaction),
    },
    {
      ...{ name: 'when-usage-parked-recycle-uses', from: own, on: ['UsageParked'] },
      react: async (event, reaction) => parked.lookAgain(event, reaction),
    },
    {
      ...{ name: 'when-usage-rated-charge-subsidies', from: own, on: ['UsageRated'] },
      react: async (event, reaction) => subsidies.chargeSubsidies(event, reaction),
    },
    {
      ...{ name: 'when-usage-corrected-correct-subsidies', from: own, on: ['UsageCorrected'] },
      react: async (event, reaction) => correctSubsidies.correctSubsidies(event, reaction),
    },
    {
      ...{ name: 'when-uses-accrued-charge-advances', from: 'settlement', on: ['UsesAccrued'] },
      react: async (event, reaction) => advances.chargeAdvances(event, reaction),
    },
    {
      ...{ name: 'when-parked-use-corrected-recycle-uses', from: own, on: ['ParkedUseCorrected'] },
      react: async (event, reaction) => parkedCorrected.lookAgain(event, reaction),
    },
  ];
}

/** Fees of subscriptions, and of seats added to them. */
function feesOf(payers: Payers, rateCard: HeardRateCard): readonly Subscriber[] {
  const fees = new WhenSubscriptionRenewedOrSeatsSetChargeFee(payers, rateCard);
  return [
    {
      name: 'when-subscription-renewed-or-seats-set-charge-fee',
      ...{ from: 'app-registry', on: ['SubscriptionRenewed', 'SeatsSet'] },
      react: async (event, reaction) => fees.chargeFee(event, reaction),
    },
  ];
}
